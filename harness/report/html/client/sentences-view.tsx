import { shortId } from '../../../catalogue/parts-of-id';
import { printable, sentence as asSentence } from '../../printable';
import type { PageRun } from '../page-run';
import { matchesQuery, parseQuery } from '../query';
import { QueryBox } from './query-box';
import { formatHash } from './route';
import { describeCoverage, sentenceStandings, type SentenceStanding } from '../standing';
import { Verdict } from './verdict';

const stateNames: Readonly<Record<SentenceStanding['state'], string>> = {
  tested: 'tested',
  watched: 'watched on all traffic',
  absent: 'not in this run',
  'not-observable': 'no client can see it',
  'not-applicable': 'gRPC has no use for it',
};

/** Every sentence that binds a server, document by document: who looks at it, and what this run says of that. */
export function SentencesView({ run, query }: { readonly run: PageRun; readonly query: string }) {
  const all = sentenceStandings(run);
  const terms = parseQuery(query);
  const shown = all.filter((standing) => matchesQuery(terms, searchable(standing)));
  const documents = [...new Set(shown.map(({ sentence }) => sentence.document))];
  return (
    <>
      <h1 tabIndex={-1}>Sentences</h1>
      <p class="lead">
        What the documents demand of a server, sentence by sentence, in our words. {describeCoverage(all, 'sentences')}.
      </p>
      <QueryBox view="sentences" query={query} shown={shown.length} of={all.length} />
      {documents.map((document) => {
        const own = shown.filter(({ sentence }) => sentence.document === document);
        return (
          <section key={document} aria-label={document}>
            <h2>
              {document} <span class="muted part">{describeCoverage(own, 'sentences')}</span>
            </h2>
            <ul class="rows plainly">
              {own.map((standing, index) => (
                <li key={index}>
                  <SentenceRow standing={standing} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

function SentenceRow({ standing }: { readonly standing: SentenceStanding }) {
  const { sentence, state, verdict, rows } = standing;
  return (
    <div class="row">
      {verdict === undefined ? <span class="muted">no verdict</span> : <Verdict verdict={verdict} />}
      <span class="row-text">
        <span class="row-rule">
          {sentence.section === '' ? null : <span class="muted">{printable(sentence.section)} </span>}
          {asSentence(sentence.says)}
        </span>
        {sentence.absence === undefined ? null : <span class="row-rule muted">{asSentence(sentence.absence.why)}</span>}
        {rows.length === 0 ? null : (
          <span class="chain">
            {rows.map(({ row, property }) =>
              property === undefined ? (
                <a key={row.id} href={formatHash({ view: 'requirements', query: shortId(row.id) })}>
                  {row.id}
                </a>
              ) : (
                <a key={row.id} href={formatHash({ view: 'property', id: row.id })}>
                  {row.id}
                </a>
              ),
            )}
          </span>
        )}
      </span>
      <span class="row-facts muted">
        <span>{sentence.keyWord.replace('*', '')}</span>
        <span>{stateNames[state]}</span>
      </span>
    </div>
  );
}

const searchable = ({ sentence, state, verdict, rows }: SentenceStanding) => ({
  s: [...(verdict === undefined ? ['none'] : [verdict]), state],
  m: [sentence.keyWord],
  a: rows.map(({ row }) => row.id.toLowerCase()),
  r: [],
  text: [
    sentence.document,
    sentence.section,
    sentence.says,
    sentence.keyWord,
    state,
    stateNames[state],
    verdict ?? 'no verdict',
    sentence.absence?.why ?? '',
    ...rows.map(({ row }) => row.id),
  ]
    .join(' ')
    .toLowerCase(),
});
