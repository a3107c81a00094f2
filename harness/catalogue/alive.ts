import { robustness } from './requirement';
import { convention, rows } from './row';

/** Staying up: what is judged over a whole run. */
export const alive = rows('ALIVE', {
  'ALIVE-01-process-stays': convention(
    robustness,
    'the process of a server goes on, whatever its clients do; only who runs it ends it',
    {
      sends:
        'nothing of its own: everything that a run plays against one process, in its order; it is played again from the failure file, with a plain call at the end',
      passes: 'the process goes on, and the plain call at the end is served',
      fails:
        'the process ends though nobody asked it to, whether or not one input ends it again: a leak, a counter or a race needs a whole sequence. It counts as a crash; an input that ends a new process each of three times is reported under its own row',
      needs: 'any; the end of a process shows where the run has started it',
    },
  ),
  'ALIVE-02-serves-on': convention(
    robustness,
    'a plain call that worked goes on working, however many calls have gone before',
    {
      sends:
        'the plain call that worked at the start of the run, now and again on a new connection: an empty unary call, or a call to an unknown method where the server does not have the test service; three times before it is given up',
      passes: 'the call is served; the one to an unknown method is answered',
      fails: 'the call works no more, three times over, which counts as a hang',
      needs: 'any',
    },
  ),
});
