/** polinux/stress: workers that burn CPU and hold memory (`stress --vm 1 --vm-bytes 150M --vm-hang 1`), as the memory lessons of the docs use it. */
import type { ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import { sizeInBytes } from '../text/context.ts'

interface State {
  readonly bytes: number
}

const GROW_MS = 400

function start(ctx: ProcessContext): State {
  let [vm, bytes, cpu, timeoutS] = [0, 256 * 1024 * 1024, 0, 0]
  const { argv } = ctx
  for (let i = 1; i < argv.length; i++) {
    const [name, joined] = argv[i]!.split('=') as [string, string | undefined]
    const value = (): string => joined ?? argv[++i] ?? ''
    if (name === '--vm' || name === '-m') vm = Number(value())
    else if (name === '--vm-bytes') bytes = sizeInBytes(value()) ?? bytes
    else if (name === '--cpu' || name === '-c') cpu = Number(value())
    else if (name === '--timeout' || name === '-t') timeoutS = Number.parseInt(value(), 10)
    else if (name === '--vm-hang' || name === '--io' || name === '-i' || name === '--vm-stride') value()
  }
  if (vm === 0 && cpu === 0) {
    ctx.log("`stress' imposes certain types of compute stress on your system\n\nUsage: stress [OPTION [ARG]] ...")
    ctx.exit(0)
    return { bytes: 0 }
  }
  ctx.log(`stress: info: [1] dispatching hogs: ${cpu} cpu, 0 io, ${vm} vm, 0 hdd`)
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
