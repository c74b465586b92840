/**
 * The string formats of OpenAPI that a CRD may name; unknown ones are ignored, as upstream ignores them.
 */
import { durationError } from '../../../api/durations.ts'
import { isCidr, isIp } from '../../../api/names.ts'
import { parseTime } from '../../../api/rfc3339.ts'

const checks: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => parseTime(text) !== undefined,
  datetime: (text) => parseTime(text) !== undefined,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTime(`${text}T00:00:00Z`) !== undefined,
  duration: (text) => durationError(text) === undefined,
  ipv4: (text) => isIp(text) && !text.includes(':'),
  ipv6: (text) => isIp(text) && text.includes(':'),
  cidr: isCidr,
  uuid: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
  hostname: (text) =>
    /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(text) && text.length <= 255,
  uri: (text) => /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text) || text.startsWith('/'),
  byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  mac: (text) => /^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/.test(text),
}

/** Whether the text is not of the format. */
export const formatError = (text: string, format: string): boolean => Object.hasOwn(checks, format) && !checks[format]!(text)
