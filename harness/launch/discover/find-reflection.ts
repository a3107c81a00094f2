import type { Call } from '../../grpc/call';
import type { TargetFacts } from '../../facts/target-facts';
import { callBreach } from '../../properties/checks/expectations';
import { decodeReflectionReply, reflectionCall } from '../../schema/reflection-messages';
import { reflectionVersions, type ReflectionVersion } from '../../schema/reflection-versions';
import { readFileSymbols, type FileSymbols } from '../../schema/file-symbols';
import { plainOctets } from '../../properties/checks/answers';
import { isUnimplemented } from './capability';
import type { Found, Part, Talk } from './talk';

/** What is known of what server reflection describes. */
export type Reflected = NonNullable<TargetFacts['reflected']>;

/** Services whose file is asked for, and those at the same time; properties need names that are known, not all of them. */
const mostAsked = 8;
const askedAtOnce = 4;
/** Names of a kind that are kept: those of a service and its messages, several times over. */
const mostNames = 64;
/** Octets of a name that is asked for again; what is longer is for rules about size. */
const longestName = 200;

/** Server reflection in each version, and names that it knows. */
export async function findReflection(
  talk: Talk,
  absent: Call,
): Promise<Part & { readonly reflected: Reflected | undefined }> {
  const judged: Found[] = [];
  const versions: ReflectionVersion[] = [];
  let services: readonly string[] = [];
  for (const version of reflectionVersions) {
    if (judged.some(({ state }) => state !== 'absent')) {
      const seen = await talk.ask(`server reflection ${version}`, (script) => {
        const call = script.call(reflectionCall(version, { ask: 'services' }), { awaitEnd: false });
        script.await({ see: 'end', stream: call.stream }, { optional: true });
      });
      if (!isUnimplemented(seen.call()) && listed(seen.call()) !== undefined) versions.push(version);
      continue;
    }
    let names: readonly string[] | undefined;
    const found = await talk.use(
      {
        need: 'reflection',
        about: `the question for its services to server reflection ${version}`,
        write: (script) => script.call(reflectionCall(version, { ask: 'services' })),
        row: 'SVC-07-reflection-list-services',
        input: { version, lists: 1, calls: 1, together: false },
        answer: (call) => {
          names = listed(call);
          return names === undefined ? [callBreach(call, 'a ServerReflectionResponse that lists services')] : [];
        },
      },
      absent,
    );
    judged.push(found);
    if (found.state !== 'offered') continue;
    versions.push(version);
    services = (names ?? []).filter(isPlain);
  }
  const [found = { need: 'reflection', state: 'absent' } as const] = judged.filter(({ state }) => state !== 'absent');
  const [version] = versions;
  if (version === undefined) return { judged: [found], reflected: undefined };
  const files = await askForFiles(talk, version, services.slice(0, mostAsked));
  const symbols = [
    ...services,
    ...files.flatMap(({ services: own, methods, messages }) => [...own, ...methods, ...messages]),
  ];
  return {
    judged: [found],
    reflected: {
      versions,
      services: spread(services),
      symbols: spread(symbols),
      files: spread(files.flatMap(({ name, dependencies }) => [name, ...dependencies])),
    },
  };
}

/** The files of some services, as far as they can be read; what is wrong with them is for properties to find out. */
async function askForFiles(
  talk: Talk,
  version: ReflectionVersion,
  services: readonly string[],
): Promise<readonly FileSymbols[]> {
  if (services.length === 0) return [];
  const seen = await talk.ask('the files of some services', (script) => {
    for (let first = 0; first < services.length; first += askedAtOnce) {
      const calls = services
        .slice(first, first + askedAtOnce)
        .map((name) => script.call(reflectionCall(version, { ask: 'symbol', name }), { awaitEnd: false }));
      for (const call of calls) script.await({ see: 'end', stream: call.stream }, { optional: true });
    }
  });
  return seen.calls.flatMap((call) => {
    const answer = replyOf(call);
    return answer?.kind === 'files' ? answer.files.flatMap((file) => readFileSymbols(file) ?? []) : [];
  });
}

function replyOf(call: Call) {
  const [message] = call.messages;
  const octets = message && plainOctets(call, message);
  return octets && decodeReflectionReply(octets)?.answer;
}

function listed(call: Call): readonly string[] | undefined {
  const answer = replyOf(call);
  return answer?.kind === 'services' ? answer.names : undefined;
}

/** Names as compilers take them: others are asked for by nobody. */
const isPlain = (name: string): boolean => name.length <= longestName && /^[\w./-]+$/.test(name);

/** Some of the names, from all over the list, each once. */
function spread(names: readonly string[]): readonly string[] {
  const all = [...new Set(names.filter(isPlain))];
  const step = Math.max(1, all.length / mostNames);
  return Array.from({ length: Math.min(all.length, mostNames) }, (_, index) => all[Math.floor(index * step)] ?? '');
}
