/** polinux/stress: workers that burn CPU and hold memory (`stress --vm 1 --vm-bytes 150M --vm-hang 1`), as the memory lessons of the docs use it. */
import type { ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import { sizeInBytes } from '../text/context.ts'

interface State {
  readonly bytes: number
}

const GROW_MS = 400

/** Options with a number: the line of stress.c (1.0.4) that reads it, which its complaints name, and what they call it. */
const NUMBERS: Readonly<Record<string, { readonly line: number; readonly name: string; readonly least: number }>> = {
  '--backoff': { line: 135, name: 'backoff factor', least: 0 },
  '--timeout': { line: 150, name: 'timeout value', least: 1 },
  '--cpu': { line: 160, name: 'number of cpu hogs', least: 1 },
  '--io': { line: 170, name: 'number of io hogs', least: 1 },
  '--vm': { line: 180, name: 'number of vm hogs', least: 1 },
  '--vm-bytes': { line: 190, name: 'vm byte value', least: 1 },
  '--vm-stride': { line: 200, name: 'stride value', least: 1 },
  '--vm-hang': { line: 210, name: 'value', least: 0 },
  '--hdd': { line: 224, name: 'number of hdd hogs', least: 1 },
  '--hdd-bytes': { line: 234, name: 'hdd byte value', least: 1 },
}
const SHORT: Readonly<Record<string, string>> = { '-t': '--timeout', '-c': '--cpu', '-i': '--io', '-m': '--vm', '-d': '--hdd' }
const SWITCHES = ['--verbose', '-v', '--quiet', '-q', '--vm-keep']
const UNRECOGNIZED_LINE = 244
/** Its complaint about a number stands so many lines below. */
const INVALID_BELOW = 4

/** The numbers asked for, or its complaint. */
function readOptions(argv: readonly string[]): Readonly<Record<string, number>> | string {
  const numbers: Record<string, number> = {}
  for (let i = 1; i < argv.length; i++) {
    const given = argv[i]!
    if (SWITCHES.includes(given)) continue
    const option = SHORT[given] ?? given
    const known = NUMBERS[option]
    if (known === undefined) return `(${UNRECOGNIZED_LINE}) unrecognized option: ${given}`
    const value = argv[++i]
    if (value === undefined || /^-(?!\d)/.test(value)) return `(${known.line}) missing argument to option '${option}'`
    const number = option === '--timeout' ? Number.parseInt(value, 10) || 0 : (sizeInBytes(value) ?? 0)
    if (number < known.least) return `(${known.line + INVALID_BELOW}) invalid ${known.name}: ${number}${option === '--timeout' ? 's' : ''}`
    numbers[option] = number
  }
  return numbers
}

function start(ctx: ProcessContext): State {
  const options = readOptions(ctx.argv)
  if (typeof options === 'string') {
    ctx.log(`stress: FAIL: [1] ${options}`)
    ctx.exit(1)
    return { bytes: 0 }
  }
  const { '--vm': vm = 0, '--cpu': cpu = 0, '--io': io = 0, '--hdd': hdd = 0, '--timeout': timeoutS = 0 } = options
  const bytes = options['--vm-bytes'] ?? 256 * 1024 * 1024
  if (vm + cpu + io + hdd === 0) {
    ctx.log("`stress' imposes certain types of compute stress on your system\n\nUsage: stress [OPTION [ARG]] ...")
    ctx.exit(0)
    return { bytes: 0 }
  }
  ctx.log(`stress: info: [1] dispatching hogs: ${cpu} cpu, ${io} io, ${vm} vm, ${hdd} hdd`)
  ctx.cpu(Math.min(ctx.limits.cpuMilli ?? 4000, (cpu + vm) * 1000))
  ctx.memory(1_000_000)
  if (vm > 0) ctx.timer('grow', GROW_MS)
  if (timeoutS > 0) ctx.timer('end', timeoutS * 1000)
  return { bytes: vm * bytes }
}

export const stress: Program<State> = {
  name: 'stress',
  executables: ['stress'],
  start,
  on(state, event, ctx) {
    if (event.type === 'timer' && event.id === 'grow') ctx.memory(1_000_000 + state.bytes)
    if (event.type === 'timer' && event.id === 'end') {
      ctx.log('stress: info: [1] successful run completed')
      ctx.exit(0)
    }
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) ctx.exit(1)
    if (event.type === 'request') ctx.reset()
    return state
  },
}

export const stressImage: ImageRecord = {
  repositories: ['polinux/stress', 'progrium/stress'],
  version: (tag) => (/^(latest|1\.0\.4)$/.test(tag) ? tag : undefined),
  image: () => ({ entrypoint: [], cmd: ['stress'], env: {}, sizeBytes: 4 * MB, base: 'busybox', executables: ['stress'] }),
}
