import { gzipSync } from 'node:zlib';
import { restrictSchema } from '../../schema/restrict-schema';
import type { Schema } from '../../schema/schema';
import { testServiceSchema } from '../../schema/test-service-schema';
import { encodeBase64 } from '../base64';
import type { FailureFile } from '../failure-file';
import type { RunRecord } from '../model';
import { serializePlan } from '../plan-json';
import { visibleJson } from '../visible-json';
import type { PageExtras } from './page-extras';

/** Characters that all failure files of a page take together, and that types take. */
const filesBudget = 160_000;
const typesBudget = 48_000;
/** A file that takes more is a flood of steps, which nobody forwards. */
const mostOfFile = 64_000;

/** Collects, finding by finding, what a page will need of their failure files. */
export class PageExtrasCollector {
  readonly #files = new Map<string, string>();
  readonly #schemas: Schema[] = [];
  #left = filesBudget;

  /** Takes the failure file of that name, relative to the page. */
  add(name: string, file: FailureFile): void {
    const { schema } = file.facts;
    const paths = new Set(file.plan.calls.map(({ path }) => path));
    const called = schema?.methods.filter(({ path }) => paths.has(path)) ?? [];
    if (schema !== undefined && called.length > 0) this.#schemas.push(restrictSchema(schema, called));
    this.#left += this.#files.get(name)?.length ?? 0;
    this.#files.delete(name);
    const packed = packFailure(file);
    if (packed.length > Math.min(mostOfFile, this.#left)) return;
    this.#left -= packed.length;
    this.#files.set(name, packed);
  }

  /** What was collected, for the page of a run. */
  extrasOf(run: RunRecord): PageExtras {
    if (run.properties.every(({ findings }) => findings.length === 0)) return { files: {} };
    const messageTypes = joinSchemas([...this.#schemas, testServiceSchema()]);
    const kept = JSON.stringify(messageTypes).length <= typesBudget ? messageTypes : testServiceSchema();
    return { messageTypes: kept, files: Object.fromEntries(this.#files) };
  }
}

/** The text of a failure file without its transcript, as a page holds it. */
function packFailure({ transcript: _inTheRun, ...file }: FailureFile): string {
  const text = visibleJson({ ...file, plan: serializePlan(file.plan) });
  return encodeBase64(gzipSync(text, { level: 9 }));
}

/** The first of each name counts: the schemas are parts of one, or of services that have nothing in common. */
function joinSchemas(schemas: readonly Schema[]): Schema {
  const join = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] => [
    ...new Map(all.toReversed().map((one) => [one.name, one])).values(),
  ];
  const methods = new Map(schemas.flatMap((schema) => schema.methods).map((method) => [method.path, method]));
  return {
    methods: [...methods.values()],
    messages: join(schemas.flatMap(({ messages }) => messages)),
    enums: join(schemas.flatMap(({ enums }) => enums)),
    unusable: [],
  };
}
