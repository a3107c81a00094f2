import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root';
import { makeJsonSchemas } from './json-schemas';

// Called by the build: editors find the schemas in the package, without running anything.
const folder = join(packageRoot(), 'dist', 'schemas');
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(makeJsonSchemas()))
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(schema, null, 2)}\n`);
