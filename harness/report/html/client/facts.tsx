import type { ComponentChildren } from 'preact';

export type Fact = readonly [name: string, value: ComponentChildren];

/** Names with values: side by side in columns, or `wide`, one below the other. */
export function Facts({
  facts,
  kind = '',
}: {
  readonly facts: readonly Fact[];
  readonly kind?: 'wide' | 'levels' | '';
}) {
  return (
    <dl class={`facts ${kind}`.trim()}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
