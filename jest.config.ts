/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: { '\\.tsx?$': '<rootDir>/harness/build/jest-transform.cjs' },
} satisfies Config;

const config: Config = {
  // Many tests make whole runs; a busy machine takes several times as long for them, and a test that hangs still ends.
  testTimeout: 60_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/harness/**/*.test.ts'] },
    { ...shared, displayName: 'suites', testMatch: ['<rootDir>/suites/**/*.test.ts'] },
  ],
};

module.exports = config;
