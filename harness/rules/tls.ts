import { rule } from './rule';

/** RFC 9113 §9.2.1: TLS 1.2 is not renegotiated under HTTP/2. What we have asked for ourselves is judged where we ask. */
export const noRenegotiation = rule('TLS-05-no-renegotiation', {
  looksAt: ({ view: { tls } }) => tls?.version === 'TLSv1.2',
  breach: () => undefined,
  end: ({ view }) =>
    view.packets.some(
      (packet) => packet.kind === 'happening' && packet.event.kind === 'renegotiated' && packet.event.by === 'target',
    )
      ? {
          observed: 'the target asked for a TLS handshake on a connection with HTTP/2, and it was made',
          expected: 'no renegotiation after the preface',
          reaction: 'renegotiated by the target',
        }
      : undefined,
});
