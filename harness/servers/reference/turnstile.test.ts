import { Turnstile, type Ticket } from './turnstile';

const hasTurn = async ({ turn }: Ticket): Promise<boolean> =>
  Promise.race([turn.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

test('as many as there are places run, the others in their order', async () => {
  const turnstile = new Turnstile(2);
  const tickets = [1, 2, 3, 4].map(() => turnstile.enter());
  expect(await Promise.all(tickets.map(hasTurn))).toEqual([true, true, false, false]);
  tickets[1]!.leave();
  expect(await Promise.all(tickets.map(hasTurn))).toEqual([true, true, true, false]);
});

test('who leaves the queue holds up nobody, and leaves one place once', async () => {
  const turnstile = new Turnstile(1);
  const [first, second, third, fourth] = [1, 2, 3, 4].map(() => turnstile.enter());
  second!.leave();
  first!.leave();
  first!.leave();
  expect(await Promise.all([third!, fourth!].map(hasTurn))).toEqual([true, false]);
});
