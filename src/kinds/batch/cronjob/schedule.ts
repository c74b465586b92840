/**
 * What is wrong with a cron schedule, in the words of robfig/cron's ParseStandard, which the API server quotes. When a schedule is due
 * is the controller's matter.
 */

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const fields: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: days },
]
const descriptors = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'])

function numberError(text: string): string | undefined {
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`
  return /^\+?\d+$/.test(text)
    ? undefined
    : `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
}

function value(text: string, bounds: Bounds): number | string {
  const named = bounds.names?.indexOf(text.toLowerCase()) ?? -1
  if (named >= 0) return named + bounds.min
  return numberError(text) ?? Number(text)
}

function span(text: string, part: string, bounds: Bounds): [number, number] | string {
  if (text === '*' || text === '?') return [bounds.min, bounds.max]
  const ends = text.split('-')
  if (ends.length > 2) return `too many hyphens: ${part}`
  const low = value(ends[0]!, bounds)
  if (typeof low === 'string') return low
  const high = ends.length === 1 ? low : value(ends[1]!, bounds)
  return typeof high === 'string' ? high : [low, high]
}

function partError(part: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...more] = part.split('/')
  const got = span(range, part, bounds)
  if (typeof got === 'string') return got
  if (more.length > 0) return `too many slashes: ${part}`
  let [low, high] = got
  if (step !== undefined) {
    const wrong = numberError(step)
    if (wrong !== undefined) return wrong
    if (!range.includes('-')) high = bounds.max
  }
  if (low < bounds.min) return `beginning of range (${low}) below minimum (${bounds.min}): ${part}`
  if (high > bounds.max) return `end of range (${high}) above maximum (${bounds.max}): ${part}`
  if (low > high) return `beginning of range (${low}) beyond end of range (${high}): ${part}`
  return step !== undefined && Number(step) === 0 ? `step of range should be a positive number: ${part}` : undefined
}

/** Undefined for a schedule that can be read. */
export function scheduleError(schedule: string): string | undefined {
  if (schedule.startsWith('@')) {
    if (descriptors.has(schedule)) return undefined
    if (/^@every \d/.test(schedule)) return undefined
    return `unrecognized descriptor: ${schedule}`
  }
  const parts = schedule
    .trim()
    .split(/\s+/)
    .filter((p) => p !== '')
  if (parts.length !== 5) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`
  for (const [i, field] of parts.entries())
    for (const part of field.split(',').filter((p) => p !== '')) {
      const wrong = partError(part, fields[i]!)
      if (wrong !== undefined) return wrong
    }
  return undefined
}
