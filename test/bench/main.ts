/** The benchmark: speed of the engine, of grading and of the game, in figures and ratios. Arguments choose figures by words of their names. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import os from 'node:os'
import { World } from '../../src/cluster/world.ts'
import { type ClassFigures, classFigures } from './class.ts'
import { ADMIN, ask, clusterOf, createDeployment, deploymentOf, untilReady } from './clusters.ts'
import { gameFrames } from './game.ts'
import { CRASH_LEVEL, examinationOf, LEVEL, levelStage, scriptsOf } from './levels.ts'
import { cpuMs, type Figure, line, median, percentile, type Times, timed } from './measure.ts'
import { webernetesDeployment } from './webernetes.ts'

interface Benchmark {
  readonly name: string
  /** Figures, or why there are none. */
  run(): Promise<readonly Figure[] | string>
}

const CLI = process.env['BENCH_CLI'] ?? 'dist/cli.js'
/** CLASS_SIZE=30 tries it out. */
const CLASS_SIZE = Number(process.env['CLASS_SIZE'] ?? 300)
const heapMb = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1e6
}

/** What the program itself holds, before there is a world. */
const PROGRAM_MB = heapMb()

async function deployment(nodes: number, pods: number, runs: number): Promise<{ ms: number[]; cpu: number[]; mb: number[] }> {
  const ms: number[] = []
  const cpu: number[] = []
  const mb: number[] = []
  for (let i = 0; i < runs; i++) {
    const world = clusterOf(nodes, Math.max(110, Math.ceil((pods / nodes) * 1.5)))
    globalThis.gc?.()
    const start = performance.now()
    const used = cpuMs()
    createDeployment(world, 'web', pods)
    untilReady(world, 'web', pods)
    ms.push(performance.now() - start)
    cpu.push(cpuMs() - used)
    mb.push(heapMb() - PROGRAM_MB)
    world.loop.settle()
  }
  return { ms, cpu, mb }
}

const classRows = (level: string, aim: number, { rate, cpuMs: perOne, peakMbOfWorker, size, sorts }: ClassFigures): Figure[] => [
  { name: `a class graded, ${level}, 2 workers`, unit: '/s', aim, values: [rate], note: `${size} submissions of ${sorts} sorts` },
  // Two cores that do nothing else reach the rate with this.
  { name: '  processor time a submission', unit: 'ms', aim: 2_000 / aim, values: [perOne] },
  { name: '  memory at most, a worker', unit: 'MB', aim: 512, values: [peakMbOfWorker] },
]

const benchmarks: readonly Benchmark[] = [
  {
    name: 'boot of a world',
    run: async () => [
      {
        name: 'boot of a world, bare',
        unit: 'ms',
        ...(await timed(
          9,
          () => 0,
          () => new World({ preset: 'bare' }),
        )),
      },
      {
        name: 'boot of a world, default',
        unit: 'ms',
        ...(await timed(
          9,
          () => 0,
          () => new World({ preset: 'default' }),
        )),
      },
    ],
  },
  {
    name: 'a solution graded, cold process',
    run: async () => {
      if (!existsSync(CLI)) return `there is no ${CLI}: npm run build`
      const solution = `${LEVEL}/solutions/${scriptsOf(`${LEVEL}/solutions`)[0]}`
      const grade = (): void => {
        const { status, stderr } = spawnSync(process.execPath, [CLI, 'grade', LEVEL, solution, '--format', 'json'], { encoding: 'utf8' })
        if (status !== 0) throw new Error(`grade exited with ${status}: ${stderr}`)
      }
      return [{ name: 'a solution graded, cold process', unit: 'ms', aim: 400, values: (await timed(7, () => 0, grade)).values }]
    },
  },
  {
    name: 'a solution graded, warm',
    run: async () => {
      const examination = examinationOf(LEVEL)
      const scripts = scriptsOf(`${LEVEL}/solutions`).map((name) => ({
        kind: 'script' as const,
        name,
        text: readFileSync(`${LEVEL}/solutions/${name}`, 'utf8'),
        files: {},
      }))
      // The same solution again and again: its experiments are to be run each time.
      examination.forgetStates()
      const first = examination.grade(scripts[0]!)
      if (!first.passed) return `the solution ${first.submission} does not pass: ${first.score} of ${first.maxScore}`
      return [
        {
          name: 'a solution graded, warm',
          unit: 'ms',
          aim: 80,
          ...(await timed(
            9,
            () => 0,
            () => examination.grade(scripts[0]!),
          )),
        },
      ]
    },
  },
  {
    name: 'a class of 300, two workers',
    run: async () => {
      if (!existsSync(CLI)) return `there is no ${CLI}: npm run build`
      return [
        ...classRows('wordpress-reachable', 40, classFigures(CLI, LEVEL, CLASS_SIZE)),
        ...classRows('survive-a-node-crash', 5, classFigures(CLI, CRASH_LEVEL, CLASS_SIZE)),
      ]
    },
  },
  {
    name: 'ten virtual minutes of WordPress, a request a second',
    run: async () => {
      const prepare = () => {
        const session = levelStage(LEVEL)
        session.run(readFileSync(`${LEVEL}/solutions/${scriptsOf(`${LEVEL}/solutions`)[0]}`, 'utf8'))
        session.world.startLoad?.('bench', { http: 'http://192.168.0.10/', host: 'blog.miempresa.com', rps: 1 })
        return session
      }
      return [
        {
          name: 'ten virtual minutes of WordPress, a request a second',
          unit: 'ms',
          aim: 100,
          ...(await timed(5, prepare, (s) => s.world.advance(600_000))),
        },
      ]
    },
  },
  {
    name: 'ten virtual minutes of the crash level, 50 requests a second',
    run: async () => {
      const prepare = () => {
        const session = levelStage(CRASH_LEVEL)
        session.run(readFileSync(`${CRASH_LEVEL}/solutions/${scriptsOf(`${CRASH_LEVEL}/solutions`)[0]}`, 'utf8'))
        return session
      }
      return [
        {
          name: 'ten virtual minutes of the crash level, 50 requests/s',
          unit: 'ms',
          aim: 400,
          ...(await timed(5, prepare, (s) => s.advance(600_000))),
        },
      ]
    },
  },
  {
    name: 'ten virtual minutes of 30 pods with probes, 50 requests a second',
    run: async () => {
      const prepare = () => {
        const world = new World({ preset: 'default', seed: 'bench' })
        const body = deploymentOf('web', 30) as any
        body.spec.template.spec.containers[0].readinessProbe = { httpGet: { path: '/', port: 80 }, periodSeconds: 10 }
        body.spec.template.spec.containers[0].livenessProbe = { httpGet: { path: '/', port: 80 }, periodSeconds: 10 }
        ask(world, { verb: 'create', group: 'apps', version: 'v1', resource: 'deployments', namespace: 'default', body })
        ask(world, {
          verb: 'create',
          group: '',
          version: 'v1',
          resource: 'services',
          namespace: 'default',
          body: {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'web' },
            spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, nodePort: 30080 }] },
          },
        })
        untilReady(world, 'web', 30)
        if (world.startLoad === undefined) throw new Error('this world has no load')
        world.startLoad('bench', { http: 'http://192.168.0.101:30080/', rps: 50 })
        return world
      }
      return [
        {
          name: 'ten virtual minutes of 30 pods with probes, 50 requests/s',
          unit: 'ms',
          aim: 300,
          ...(await timed(5, prepare, (w) => w.advance(600_000))),
        },
      ]
    },
  },
  {
    name: 'a Deployment of 1,000 pods on 10 nodes',
    run: async () => {
      await deployment(10, 1_000, 1)
      const { ms, cpu, mb } = await deployment(10, 1_000, 5)
      return [
        { name: 'a Deployment of 1,000 pods on 10 nodes, to all Ready', unit: 'ms', aim: 1_000, values: ms, cpu },
        { name: '  heap it holds', unit: 'MB', aim: 250, values: mb },
      ]
    },
  },
  {
    name: '10,000 pods on 200 nodes; a node crash there; get pods; apply',
    run: async () => {
      const world = clusterOf(200, 110)
      const start = performance.now()
      const startCpu = cpuMs()
      createDeployment(world, 'web', 10_000)
      untilReady(world, 'web', 10_000)
      const toReady = performance.now() - start
      const toReadyCpu = cpuMs() - startCpu
      const heap = heapMb() - PROGRAM_MB
      const list = await timed(
        7,
        () => 0,
        () => ask(world, { verb: 'list', group: '', version: 'v1', resource: 'pods', namespace: 'default', as: 'table' }),
      )
      const applied = await applyTimes(world)
      const crash = performance.now()
      const crashCpu = cpuMs()
      world.fleet.crash('node-c')
      world.advance(90_000)
      world.advance(600_000, () => world.cluster.read.get('deployments.apps', 'default', 'web')?.status?.readyReplicas === 10_000)
      const healed = performance.now() - crash
      const healedCpu = cpuMs() - crashCpu
      return [
        { name: '10,000 pods on 200 nodes, to all Ready', unit: 'ms', aim: 8_000, values: [toReady], cpu: [toReadyCpu] },
        { name: '  heap it holds', unit: 'MB', aim: 1_000, values: [heap] },
        { name: '  get pods over 10,000 (Table)', unit: 'ms', aim: 150, ...list },
        { name: '  an apply of one object', unit: 'ms', aim: 2, ...applied },
        { name: '  a node crash healed', unit: 'ms', aim: 2_000, values: [healed], cpu: [healedCpu] },
      ]
    },
  },
  {
    name: 'growth from 1,000 to 20,000 pods',
    run: async () => {
      const sizes = [1_000, 5_000, 20_000]
      const found: { ms: number; mb: number }[] = []
      for (const size of sizes) {
        const { cpu, mb } = await deployment(200, size, 1)
        found.push({ ms: cpu[0]!, mb: mb[0]! })
      }
      const exponent = (of: (f: { ms: number; mb: number }) => number): number =>
        Math.log(of(found.at(-1)!) / of(found[0]!)) / Math.log(sizes.at(-1)! / sizes[0]!)
      return [
        ...sizes.map(
          (size, i): Figure => ({
            name: `${size.toLocaleString('en')} pods on 200 nodes, processor time`,
            unit: 'ms',
            values: [found[i]!.ms],
          }),
        ),
        { name: 'growth of time from 1,000 to 20,000 pods, exponent', unit: 'x', aim: 1.2, values: [exponent((f) => f.ms)] },
        { name: 'growth of memory from 1,000 to 20,000 pods, exponent', unit: 'x', aim: 1.2, values: [exponent((f) => f.mb)] },
      ]
    },
  },
  {
    name: 'first frame; a key press to its frame',
    run: async () => {
      if (!existsSync(CLI)) return `there is no ${CLI}: npm run build`
      const { first, keys } = await gameFrames(CLI, LEVEL)
      return [
        { name: 'first frame of the game after start (80×24)', unit: 'ms', aim: 400, values: first },
        {
          name: 'a key press to its frame, 95th percentile (80×24)',
          unit: 'ms',
          aim: 20,
          values: [percentile(keys, 95)],
          note: `median ${median(keys).toFixed(1)} ms of ${keys.length}`,
        },
      ]
    },
  },
  {
    name: 'side by side with @ngrok/webernetes',
    run: async () => {
      const pods = 1_000
      const { ms: ours } = await deployment(10, pods, 3)
      const theirs = await webernetesDeployment(10, pods, 300_000)
      const note = theirs.ready === pods ? '' : `only ${theirs.ready} of ${pods} were Ready when its time was up`
      return [
        { name: '1,000 pods on 10 nodes: @ngrok/webernetes, to all Ready', unit: 'ms', values: [theirs.ms], ...(note !== '' && { note }) },
        { name: '1,000 pods on 10 nodes: ours, to all Ready', unit: 'ms', values: ours },
        { name: '  our share of its time', unit: 'x', aim: 1 / 30, values: [median(ours) / theirs.ms] },
      ]
    },
  },
]

async function applyTimes(world: World): Promise<Times> {
  let n = 0
  const body = (): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${n++ % 50}` }, data: { n: String(n) } })
  const apply = (): unknown => {
    const object = body() as { metadata: { name: string } }
    return world.handle({
      verb: 'patch',
      patchType: 'apply',
      group: '',
      version: 'v1',
      resource: 'configmaps',
      namespace: 'default',
      name: object.metadata.name,
      user: ADMIN,
      body: object,
      query: { fieldManager: 'bench' },
    })
  }
  const { values, cpu } = await timed(200, () => 0, apply)
  return { values: values.slice(20), cpu: cpu.slice(20) }
}

const wanted = process.argv.slice(2).map((w) => w.toLowerCase())
console.log(`node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model ?? '?'}, load ${os.loadavg()[0]!.toFixed(1)}`)
for (const benchmark of benchmarks) {
  if (!wanted.every((w) => benchmark.name.toLowerCase().includes(w))) continue
  try {
    const figures = await benchmark.run()
    if (typeof figures === 'string') console.log(`${benchmark.name}: not measured, ${figures}`)
    else for (const figure of figures) console.log(line(figure))
  } catch (error) {
    console.log(`${benchmark.name}: FAILED, ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`)
    process.exitCode = 1
  }
}
process.exit()
