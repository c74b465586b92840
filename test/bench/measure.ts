/** Measuring and telling: each figure is the median of some runs with its least and greatest, beside its aim. */
export interface Figure {
  readonly name: string
  /** In `unit`, one a run. */
  readonly values: readonly number[]
  readonly unit: 'ms' | 'MB' | 'x' | 'µs' | '/s'
  /** What is aimed at, in `unit`; at most that. Of rates at least that. */
  readonly aim?: number
  readonly note?: string
  /** Processor milliseconds of the same runs: what counts on a machine that others load. */
  readonly cpu?: readonly number[]
}

export interface Times {
  readonly values: readonly number[]
  readonly cpu: readonly number[]
}

/** Processor milliseconds of this process so far. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
export const median = (values: readonly number[]): number => {
  const s = sorted(values)
  const middle = s.length >> 1
  return s.length % 2 === 1 ? s[middle]! : (s[middle - 1]! + s[middle]!) / 2
}
export const percentile = (values: readonly number[], p: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor((p / 100) * values.length))]!

/** Wall and processor milliseconds of `act`, `runs` times; `prepare` is not counted and its result is handed over. */
export async function timed<T>(runs: number, prepare: () => T | Promise<T>, act: (given: T) => unknown): Promise<Times> {
  const values: number[] = []
  const cpu: number[] = []
  for (let i = 0; i < runs; i++) {
    const given = await prepare()
    globalThis.gc?.()
    const start = performance.now()
    const used = cpuMs()
    await act(given)
    cpu.push(cpuMs() - used)
    values.push(performance.now() - start)
  }
  return { values, cpu }
}

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))

export function line(figure: Figure): string {
  const { name, values, unit, aim, note, cpu } = figure
  const middle = median(values)
  const spread = values.length > 1 ? ` (${shown(Math.min(...values))}–${shown(Math.max(...values))}, n=${values.length})` : ''
  const isRate = unit === '/s'
  const met = aim !== undefined && (isRate ? middle >= aim : middle <= aim)
  const aimed = aim === undefined ? '' : `  aim ${isRate ? '≥' : '≤'} ${aim} ${unit}: ${shown(middle / aim)}× ${met ? 'met' : 'MISSED'}`
  const used = cpu === undefined ? '' : `  cpu ${shown(median(cpu))} ms (${shown(Math.min(...cpu))}–${shown(Math.max(...cpu))})`
  return `${name.padEnd(62)} ${shown(middle).padStart(8)} ${unit}${spread}${used}${aimed}${note ? `  ${note}` : ''}`
}
