import { ConformError } from '../error';
import type { FieldSpec } from '../wire/hpack/encoder';
import type { FailureFile } from './failure-file';
import { printable } from './printable';
import type { SecretField } from './secrets';

/** What stands in a failure file for the value of a field that `-H` gave: `${-H authorization}`, from the second of a name on `${-H authorization 2}`. */
const placeholder = /\$\{-H ([^ }]+)(?: (\d+))?\}/g;

/** The fields with placeholders for their values. */
export function placeholderFields(fields: readonly SecretField[]): readonly SecretField[] {
  const seen = new Map<string, number>();
  return fields.map(({ name }) => {
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return { name, value: `\${-H ${name}${number === 1 ? '' : ` ${number}`}}` };
  });
}

/** Fields of a request in which values that `-H` gave are replaced, whatever their length. */
export function withPlaceholders(specs: readonly FieldSpec[], fields: readonly SecretField[]): readonly FieldSpec[] {
  const placeholders = placeholderFields(fields);
  return specs.map((spec) => {
    const index = fields.findIndex(({ name, value }) => spec.name === name && spec.value === value);
    const found = placeholders[index];
    return found === undefined ? spec : { ...spec, value: found.value };
  });
}

/**
 * A failure file with the values that it was made without. The fields that every call sends are those of today; a file from before there were placeholders
 * stays as it is.
 *
 * @throws ConformError ERR_USAGE when the file needs a field that is not given.
 */
export function restoreSecrets(file: FailureFile, fields: readonly SecretField[], fileName: string): FailureFile {
  const restore = (text: string): string =>
    text.replace(placeholder, (_whole, name: string, number = '1') => {
      const found = fields.filter((field) => field.name === name)[Number(number) - 1];
      if (found !== undefined) return found.value;
      throw new ConformError(
        'ERR_USAGE',
        `the failure file ${fileName} was made with -H '${printable(name)}: …', whose value it does not keep: give it again`,
      );
    });
  const withValue = <T extends { readonly value: string }>(field: T): T => ({ ...field, value: restore(field.value) });
  return {
    ...file,
    facts: { ...file.facts, metadata: file.facts.metadata.map(withValue) },
    plan: {
      ...file.plan,
      steps: file.plan.steps.map((step) =>
        step.do === 'headers' ? { ...step, fields: step.fields.map(withValue) } : step,
      ),
    },
  };
}
