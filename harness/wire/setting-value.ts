import type { Setting } from './settings';

/** The value of a parameter in a list, the last one when it is repeated (RFC 9113 §6.5.3); undefined when it is not there. */
export function settingValue(settings: readonly Setting[], id: number): number | undefined {
  return settings.findLast((setting) => setting.id === id)?.value;
}
