/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '\\.tsx?$': '<rootDir>/harness/build/jest-transform.cjs' },
} satisfies Config;

const config: Config = {
  // Many tests make whole runs, several at once; a busy machine takes many times as long for them. How long something takes is no business of a test:
  // this ends one that hangs.
  testTimeout: 300_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/harness/**/*.test.ts'] },
    { ...shared, displayName: 'suites', testMatch: ['<rootDir>/suites/**/*.test.ts'] },
  ],
};

module.exports = config;
