import { checkGenerator } from './check-generator';
import { methodNotPost, nearMissPaths, unknownPath, upperCaseName } from './request-target';

checkGenerator('unknownPath', unknownPath(), {
  isCorrect: (path) =>
    nearMissPaths.includes(path) || /^\/grpcconform\.nobody\.[A-Za-z0-9_]+\/[A-Za-z0-9_]+$/.test(path),
  reaches: Object.fromEntries(nearMissPaths.map((wanted) => [wanted, (path) => path === wanted])),
  shrinks: [{ fault: (path) => path.startsWith('/grpcconform.'), to: '/grpcconform.nobody.A/A' }],
});

checkGenerator('methodNotPost', methodNotPost(), {
  isCorrect: (method) => method !== 'POST' && method !== 'CONNECT' && /^[A-Za-z]+$/.test(method),
  reaches: {
    GET: (method) => method === 'GET',
    'the right letters in the wrong case': (method) => method === 'post',
    'a token of nobody': (method) => method.startsWith('X'),
  },
});

checkGenerator('upperCaseName', upperCaseName(), {
  isCorrect: (name) => /^[xX]-[a-zA-Z0-9-]+$/.test(name) && /[A-Z]/.test(name),
  reaches: { 'one capital only': (name) => name.replace(/[^A-Z]/g, '').length === 1 },
  shrinks: [{ fault: () => true, to: 'x-A' }],
});
