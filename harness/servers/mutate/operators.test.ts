import { changesAt, operators } from './operators';
import { applyMutant } from './find-mutants';
import { placesOf } from './syntax';

/** What one operator makes of a text, each result whole. */
const mutate = (operator: string, source: string): readonly string[] =>
  placesOf(source)
    .flatMap((place) => changesAt(place, source))
    .filter((change) => change.operator === operator)
    .map((change) => applyMutant(source, change));

test.each<[string, string, readonly string[], string]>([
  ['condition negated', 'if (a < b) f();', ['if (!(a < b)) f();'], 'of an if'],
  ['condition negated', 'while (a) f();', ['while (!(a)) f();'], 'of a loop'],
  ['condition negated', 'for (;;) f();', [], 'where there is none'],
  ['condition true', 'if (a) f();', ['if (true) f();'], 'of an if'],
  ['condition true', 'x(a ? 1 : 2);', ['x(true ? 1 : 2);'], 'of a choice'],
  ['condition true', 'while (a) f();', [], 'a loop without an end shows nothing'],
  ['condition true', 'if (false) f();', [], 'flipping does that already'],
  ['condition false', 'while (a) f();', ['while (false) f();'], 'of a loop'],
  ['negation dropped', 'f(!a);', ['f((a));'], 'of a value'],
  ['negation dropped', 'if (!a) f();', [], 'negating does that already'],
  ['boundary moved', 'f(a < b, c >= d);', ['f(((a) <= (b)), c >= d);', 'f(a < b, ((c) > (d)));'], 'each at its place'],
  ['comparison turned', 'f(a === b);', ['f(((a) !== (b)));'], 'of a value'],
  ['comparison turned', 'if (a === b) f();', [], 'negating does that already'],
  ['and for or', 'f(a && b);', ['f(((a) || (b)));'], 'for and'],
  ['and for or', 'f(a ?? b);', [], 'a default is neither'],
  ['default dropped', 'f(a ?? b);', ['f((a));', 'f((b));'], 'either side'],
  ['arithmetic turned', 'f(a + b * c);', ['f(((a) - (b * c)));', 'f(a + ((b) / (c)));'], 'keeps what binds'],
  ['arithmetic turned', "f(a + 'x');", [], 'texts cannot be subtracted'],
  ['number off by one', 'f(5);', ['f((6));', 'f((4));'], 'up and down'],
  ['number off by one', 'f(-0);', ['f(-(1));'], 'zero goes up'],
  ['number off by one', 'f({ 5: a });', [], 'a name is no value'],
  ['boolean flipped', 'f(true);', ['f(false);'], 'a constant'],
  ['text replaced', "f('a', '');", ["f('', '');", "f('a', 'mutated');"], 'there is no text like it'],
  ['text replaced', "f('no such call');", [], 'a sentence for people'],
  ['text replaced', "require('./a');", [], 'the name of a module'],
  ['text replaced', "'use strict'; f({ 'a': b });", [], 'a directive, and the name of a member'],
  ['call removed', 'f(); a.b(); new C();', ['; a.b(); new C();', 'f(); ; new C();', 'f(); a.b(); ;'], 'of any form'],
  ['call removed', 'if (a) f();', ['if (a) ;'], 'where a statement must stand'],
  ['call removed', 'a = f();', [], 'the result is used'],
  ['statement removed', 'a = f();', [';'], 'an assignment'],
  ['statement removed', 'throw a;', [';'], 'a throw'],
  ['return value dropped', 'function f() { return a; }', ['function f() { return undefined; }'], 'a value'],
  ['return value dropped', 'function f() { return true; }', [], 'flipping says more'],
  ['return left out', 'function f() { if (a) return; b(); }', ['function f() { if (a) ; b(); }'], 'goes on'],
  ['await dropped', 'async function f() { await g(); }', ['async function f() { (g()); }'], 'does not wait'],
  ['call removed', 'async function f() { await g(); }', ['async function f() { ; }'], 'with its await'],
])('%s: %s becomes %j: %s', (operator, source, want) => {
  expect(Object.keys(operators)).toContain(operator);
  expect(mutate(operator, source)).toEqual(want);
});

test('every operator has its row above, and makes what is still JavaScript', () => {
  const source = `
    async function f(a, b) {
      if (!a || b.x === 'z') return;
      for (let i = 0; i < a.length; i += 1) { g(i + 1, !b, b ?? 3); }
      while (b) { b = await next(); g(true); }
      if (a) throw b;
      return a;
    }`;
  const made = placesOf(source).flatMap((place) => changesAt(place, source));
  expect([...new Set(made.map(({ operator }) => operator))].sort()).toEqual(Object.keys(operators).sort());
  for (const change of made) expect(placesOf(applyMutant(source, change)).length).toBeGreaterThan(0);
});

test.each([
  ["this.trace('a' + 1);", 'a trace'],
  ['(0, logging.trace)(1, 2);', 'compiled, a trace'],
  ['logging.log(true);', 'a log'],
  ['if (this.channelzEnabled) { f(1); }', 'the counters of channelz'],
  ['this.callTracker.addCallStarted();', 'a tracker'],
  ['(_a = this.callEventTracker) === null || _a === void 0 ? void 0 : _a.onCallEnd(1);', 'a tracker that may be none'],
])('%s has no mutant: %s', (source) => {
  expect(placesOf(source).flatMap((place) => changesAt(place, source))).toEqual([]);
});
