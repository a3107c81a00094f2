import { arb as generators } from '../generators';
import { mutations } from './mutation';
import { session } from './session';

/** What properties are made of, sessions among it. */
export const arb = { ...generators, session, mutations } as const;

export { echoOf, type Move } from './move';
export { mutatePlan, type Mutation } from './mutation';
export { writeSession } from './session';
export { largestSize, sessionKinds, type SessionCall, type SessionRoom } from './session-state';
