import { askIndependentClients } from './independent-clients';
import type { Answer, Question } from './second-opinion';

// The process that second-opinion.ts starts: questions come in as messages, answers go out.

process.on('message', ({ id, endpoint, call, timeoutMs }: Question) => {
  void askIndependentClients(endpoint, call, timeoutMs).then((opinions) => {
    const answer: Answer = { id, opinions };
    if (process.connected) process.send?.(answer);
  });
});
// Whoever asks has ended, in whatever way.
process.on('disconnect', () => process.exit());
