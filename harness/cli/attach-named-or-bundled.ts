import { attachTarget, type AttachOptions } from '../launch/attach';
import { bundledName } from '../launch/bundled-target';
import type { Target } from '../launch/target';

/** Attaches the target that was named or, where none was, the bundled server, and has the report say so: for verbs whose plain form is a demonstration. */
export async function attachNamedOrBundled(options: AttachOptions): Promise<Target> {
  if (options.target !== undefined || options.exec !== undefined) return attachTarget(options);
  const target = await attachTarget({ ...options, target: bundledName });
  return { ...target, record: { ...target.record, byDefault: true } };
}
