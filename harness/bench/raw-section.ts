import { rounds, sampleRate } from './calls-per-second';
import { loadGrpcJs } from './grpc-js-load';
import { alternate, judge, median, medianRatio, type Section } from './measurement';
import { loadRaw } from './raw-load';
import { builtFile, nodeCommand, withServer } from './targets';

/** Our client must not be what limits a run: it makes at least twice the calls that the usual client makes. */
const leastRatio = 2;

export const rawSection: Section = {
  name: 'raw',
  title: 'our raw client against the client of @grpc/grpc-js, on the bundled server',
  measure: (say) =>
    withServer(nodeCommand(builtFile('servers', 'grpc-js', 'server.js'), '--port', '{port}'), async (address) => {
      const pairs = await alternate(
        rounds,
        () => sampleRate(loadRaw, address),
        () => sampleRate(loadGrpcJs, address),
      );
      say(`raw ${Math.round(median(pairs.first))}, grpc-js ${Math.round(median(pairs.second))} calls per second`);
      const ratio = medianRatio(pairs);
      return [
        judge('raw: calls per second, ours / grpc-js', 'times', { atLeast: leastRatio }, ratio, {
          ours: pairs.first,
          grpcJs: pairs.second,
        }),
      ];
    }),
};
