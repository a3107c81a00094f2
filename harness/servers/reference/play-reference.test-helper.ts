import type { Endpoint } from '../../connection/endpoint';
import { playScript } from '../../connection/play-script';
import { defaultTimes, type Times } from '../../connection/script';
import type { Observation } from '../../grpc/observation';
import { observe } from '../../grpc/observe';
import { PlanBuilder } from '../../grpc/plan-builder';
import { judgeTraffic } from '../../rules/judge';
import { behave, type Choices } from './behaviour';
import { findPlainDefect } from './mutants/plain-defects';
import { listen } from './listen';
import { findVariation } from './variations';

export interface PlayOptions {
  /** As on the command line of the server. */
  readonly variations?: readonly string[];
  /** Plain ones. */
  readonly defects?: readonly string[];
  readonly tls?: boolean;
  readonly times?: Partial<Times>;
}

/** Plays one script against a reference server of its own. */
export async function playReference(
  { variations = [], defects = [], tls = false, times = {} }: PlayOptions,
  write: (script: PlanBuilder) => void,
): Promise<Observation> {
  const server = await listen({ port: 0, tls, behaviour: behave(choose(variations, defects)) });
  try {
    const endpoint: Endpoint = {
      address: { kind: 'tcp', host: server.host, port: server.port },
      ...(tls ? { tls: { insecure: true } } : {}),
    };
    const script = new PlanBuilder(
      { authority: 'localhost', scheme: tls ? 'https' : 'http', metadata: [] },
      {
        // The limits of the server are what is tested.
        exceeds: ['streams', 'headerList'],
      },
    );
    write(script);
    const plan = script.build();
    const { transcript, views } = await playScript(plan, { endpoint, times: { ...defaultTimes, ...times } });
    return observe(plan, transcript, views);
  } finally {
    await server.stop();
  }
}

function choose(variations: readonly string[], defects: readonly string[]): Choices {
  return {
    variations: variations.map((text) => found(text, findVariation(text))),
    defects: defects.map((text) => found(text, findPlainDefect(text))),
  };
}

function found<T>(text: string, what: T | undefined): T {
  if (what === undefined) throw new Error(`nothing is named ${text}`);
  return what;
}

/** The rules of every call and connection that were broken; what is recorded only breaks none. */
export const brokenRules = (seen: Observation): readonly string[] =>
  judgeTraffic(seen.connections, seen.plan.calls)
    .violations.filter(({ severity }) => severity !== 'info')
    .map(({ rule }) => rule);
