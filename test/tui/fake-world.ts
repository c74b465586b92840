// A tiny world for the game's tests: a few levels, a few commands, time that moves pods along. Never shipped.
import type {
  Candidate,
  CommandState,
  CourseSummary,
  Debrief,
  Draft,
  EditAnswer,
  EventView,
  GameWorld,
  HintView,
  NodeView,
  Opened,
  OutputChunk,
  PodView,
  SkipResult,
  Step,
  WorldFrame,
} from '../../src/tui/world.ts'

const BRIEF = `# The shop is down

The office cannot reach **WordPress** at \`http://shop.example\`. It worked yesterday; since then a colleague "cleaned up" the manifests in your working directory.

Bring it back:

1. The page answers from the office.
2. WordPress logs in to its database.
3. The old post is still there.

> Nothing that works now may break on the way.

Try \`kubectl get pods\`, and see what the *events* say. When you think it is done, press **F9**.`

const pod = (name: string, patch: Partial<PodView> = {}): PodView => ({
  namespace: 'shop',
  name,
  status: 'Running',
  health: 'ok',
  readyContainers: 1,
  containers: 1,
  restarts: 0,
  app: name.split('-')[0]!,
  ...patch,
})

const node = (name: string, pods: PodView[], patch: Partial<NodeView> = {}): NodeView => ({
  name,
  status: 'Ready',
  health: 'ok',
  role: '',
  cpuMilliRequested: 500 * pods.length,
  cpuMilliTotal: 4000,
  memoryBytesUsed: 2 ** 30 * pods.length,
  memoryBytesTotal: 8 * 2 ** 30,
  pods,
  ...patch,
})

const COMMANDS = ['clear', 'echo', 'edit', 'fail', 'fix', 'flood', 'get', 'kubectl', 'read', 'sleep', 'undo']
const YAML = `apiVersion: v1\nkind: Service\nmetadata:\n  name: wordpress\n  labels: {app: wordpress}\nspec:\n  selector:\n    app: wordpres   # hm\n  ports:\n    - port: 80\n      targetPort: 8080\n      name: "http"\n`

export class FakeWorld implements GameWorld {
  now = 0
  fixed = false
  saves = 0
  closed = 0
  commands: string[] = []
  draft: Draft | undefined
  files = new Map([['service.yaml', YAML]])
  #revision = 1
  #command: CommandState = { status: 'idle', exitCode: 0 }
  #sleepUntil = 0
  #edits = 0
  #editing = ''
  #hints: HintView[] = []
  #events: EventView[] = []
  #nodes: NodeView[] = []

  constructor(private readonly options: { nodes?: number; levels?: CourseSummary[] } = {}) {}

  courses(): CourseSummary[] {
    if (this.options.levels) return this.options.levels
    const level = (id: string, title: string, patch: object = {}) => ({
      id,
      title,
      difficulty: 2,
      concepts: ['service', 'selector', 'endpoints'],
      brief: BRIEF,
      state: 'new' as const,
      resumable: false,
      stars: 0,
      maxStars: 3,
      score: 0,
      maxScore: 10,
      needs: [],
      ...patch,
    })
    return [
      {
        name: 'services',
        title: 'Services',
        levels: [
          level('services/wordpress-reachable', 'Make WordPress reachable', { state: 'started', resumable: true, stars: 1, score: 4 }),
        ],
      },
      {
        name: 'resources',
        title: 'Resources',
        levels: [
          level('resources/oom-pod', 'The pod that eats too much', {
            state: 'done',
            stars: 3,
            score: 10,
            difficulty: 3,
            concepts: ['limits', 'quota'],
          }),
        ],
      },
      {
        name: 'scheduling',
        title: 'Scheduling',
        levels: [
          level('scheduling/survive-a-node-crash', 'Survive a node crash', { difficulty: 4, needs: ['services/wordpress-reachable'] }),
        ],
      },
      {
        name: 'distributed',
        title: 'Distributed systems',
        levels: [level('distributed/es-master-discovery', 'Three masters, no cluster', { difficulty: 5 })],
      },
    ]
  }

  open(levelId: string): Opened {
    if (levelId === 'broken/level') return { ok: false, error: 'levels/broken/level.yaml:3:5: unknown key "breif"' }
    this.#layOut()
    return {
      ok: true,
      history: ['kubectl get pods', 'kubectl describe pod wordpress', 'echo hello'],
      scrollback: [],
      step: this.#step([]),
      ...(this.draft && { draft: this.draft }),
    }
  }

  revision(): number {
    return this.#revision
  }

  clockMs(): number {
    return this.now
  }

  snapshot(): WorldFrame {
    const passed = this.fixed
    const status = passed ? ('pass' as const) : ('fail' as const)
    const goal = (id: string, title: string, patch: object = {}) => ({
      id,
      title,
      status,
      score: passed ? 3 : 0,
      maxScore: 3,
      guard: false,
      onDemand: false,
      ...patch,
    })
    return {
      levelId: 'services/wordpress-reachable',
      levelTitle: 'Make WordPress reachable',
      brief: BRIEF,
      limitMs: 1_800_000,
      commands: this.commands.length,
      parCommands: 4,
      stars: 3 - this.#hints.reduce((sum, hint) => sum + hint.cost, 0),
      maxStars: 3,
      score: passed ? 10 : 0,
      maxScore: 10,
      passed,
      over: false,
      promptLabel: '~/shop $ ',
      canUndo: this.commands.length > 0,
      objectives: [
        goal('reachable', 'The office reaches http://shop.example', { message: 'connection refused by 192.168.0.240:80' }),
        goal('login', 'WordPress logs in to MariaDB', { message: 'Access denied for user wordpress' }),
        goal('post', 'The old post is still there', { onDemand: true, status: passed ? 'pass' : 'skipped' }),
        goal('data', 'No data is lost', { guard: true, status: 'pass', score: 0, maxScore: 0 }),
      ],
      questions: [{ id: 'hop', text: 'Which hop refuses the connection?', choices: ['Service', 'Pod', 'Ingress'] }],
      hintsTaken: this.#hints,
      hintsLeft: 2 - this.#hints.length,
      nextHintCost: this.#hints.length,
      nodes: this.#nodes,
      namespace: 'shop',
      unplaced: this.fixed ? [] : [pod('wordpress-6c9f7b5d4-qq8zk', { status: 'Pending', health: 'waiting', readyContainers: 0 })],
      events: this.#events,
    }
  }

  completeness(text: string): 'complete' | 'incomplete' {
    const here = /<<\s*(\w+)/.exec(text)
    if (here) return text.split('\n').slice(1).includes(here[1]!) ? 'complete' : 'incomplete'
    return (text.match(/'/g) ?? []).length % 2 === 1 || text.endsWith('\\') ? 'incomplete' : 'complete'
  }

  complete(text: string, cursor: number) {
    const from = text.lastIndexOf(' ', cursor - 1) + 1
    const typed = text.slice(from, cursor)
    const words = from === 0 ? COMMANDS : ['pods', 'pods.metrics', 'services', 'service.yaml', 'secrets']
    const candidates: Candidate[] = words.filter((word) => word.startsWith(typed)).map((word) => ({ text: word }))
    return { from, to: cursor, candidates }
  }

  submitCommand(text: string): Step {
    if (this.#command.status !== 'idle') throw new Error('busy')
    this.commands.push(text)
    this.#revision++
    this.now += 100
    const [name = '', ...words] = text.trim().split(/\s+/)
    const out = (line: string, stream: OutputChunk['stream'] = 'out') => this.#step([{ stream, text: `${line}\n` }])
    switch (name) {
      case 'echo':
        return out(text.trim().slice(5))
      case 'clear':
        return { ...this.#step([]), clear: true }
      case 'fail':
        return out('Error from server (NotFound): pods "x" not found', 'err')
      case 'crash':
        throw new Error('a bug of ours')
      case 'flood':
        return this.#step(Array.from({ length: Number(words[0] ?? 100) }, (_, i) => ({ stream: 'out' as const, text: `line ${i + 1}\n` })))
      case 'fix':
        this.fixed = true
        this.#layOut()
        return out('service/wordpress configured')
      case 'sleep':
        this.#sleepUntil = this.now + Number(words[0] ?? 1) * 1000
        this.#command = { status: 'running' }
        return this.#step([])
      case 'read':
        this.#command = { status: 'input', label: 'name? ' }
        return this.#step([])
      case 'edit':
        return this.#edit(words[0] ?? 'service.yaml', [])
      case 'kubectl':
        return out(
          [
            'NAME                         READY   STATUS             RESTARTS   AGE',
            ...this.#pods().map(
              (one) => `${one.name.padEnd(29)}${one.readyContainers}/1     ${one.status.padEnd(19)}${String(one.restarts).padEnd(11)}4m`,
            ),
          ].join('\n'),
        )
      default:
        return out(`sh: ${name}: not found`, 'err')
    }
  }

  submitInput(line: string | undefined): Step {
    this.#command = { status: 'idle', exitCode: 0 }
    return this.#step([{ stream: 'out', text: line === undefined ? 'end\n' : `hello ${line}\n` }])
  }

  answerEdit(answer: EditAnswer): Step {
    if (answer.action === 'cancel') {
      this.#command = { status: 'idle', exitCode: 1 }
      return this.#step([{ stream: 'err', text: 'Edit cancelled, no changes made.\n' }])
    }
    if (answer.text.includes('kind: Nonsense'))
      return this.#edit(this.#editing, [{ line: 2, message: 'no matches for kind "Nonsense" in version "v1"' }], answer.text)
    this.files.set(this.#editing, answer.text)
    this.draft = undefined
    if (answer.action === 'save') return this.#step([])
    this.#command = { status: 'idle', exitCode: 0 }
    return this.#step([{ stream: 'out', text: `${this.#editing} edited\n` }])
  }

  interrupt(): Step {
    this.#command = { status: 'idle', exitCode: 130 }
    return this.#step([])
  }

  advance(virtualMs: number): Step {
    this.now += virtualMs
    if (this.#command.status === 'running' && this.now >= this.#sleepUntil) {
      this.#command = { status: 'idle', exitCode: 0 }
      return this.#step([{ stream: 'out', text: 'woke up\n' }])
    }
    return this.#step([])
  }

  skipToNextEvent(): SkipResult {
    this.now += 12_000
    this.#revision++
    this.#events = [
      ...this.#events,
      {
        atMs: this.now,
        type: 'Warning',
        reason: 'BackOff',
        object: 'pod/mariadb-0',
        message: 'Back-off restarting failed container mariadb in pod mariadb-0',
        count: 3,
      },
    ]
    return { ...this.#step([]), skippedMs: 12_000, event: 'BackOff pod/mariadb-0' }
  }

  undo(): Step {
    const last = this.commands.pop()
    this.#revision++
    return this.#step([{ stream: 'note', text: `undone: ${last}\n` }])
  }

  hint(): HintView | undefined {
    if (this.#hints.length >= 2) return undefined
    const hint = {
      text: ['Look at the **endpoints** of the Service.', 'The selector says `wordpres`.'][this.#hints.length]!,
      cost: this.#hints.length,
    }
    this.#hints = [...this.#hints, hint]
    this.#revision++
    return hint
  }

  check(): Step {
    return this.#step([{ stream: 'note', text: `check: ${this.fixed ? 'passed' : 'not yet'}\n` }])
  }

  answer(): { ok: true } {
    return { ok: true }
  }

  debrief(): Debrief | undefined {
    if (!this.fixed) return undefined
    return {
      text: '## What was wrong\n\nThe selector matched **nothing**, so the Service had no endpoints.',
      stars: 3,
      maxStars: 3,
      score: 10,
      maxScore: 10,
    }
  }

  keepDraft(draft: Draft): void {
    this.draft = draft
  }

  save(): void {
    this.saves++
  }

  close(): void {
    this.closed++
  }

  #edit(path: string, problems: { line?: number; message: string }[], text?: string): Step {
    this.#editing = path
    this.#edits++
    const edit = {
      id: `edit-${this.#edits}`,
      path,
      text: text ?? this.files.get(path) ?? '',
      language: 'yaml' as const,
      program: 'edit',
      problems,
    }
    this.#command = { status: 'edit', edit }
    return this.#step([])
  }

  #pods(): PodView[] {
    return this.#nodes.flatMap((one) => one.pods)
  }

  #layOut(): void {
    const bad = this.fixed ? {} : { status: 'CrashLoopBackOff', health: 'bad' as const, readyContainers: 0, restarts: 4 }
    const count = this.options.nodes ?? 3
    const extra = Array.from({ length: Math.max(0, count - 3) }, (_, i) =>
      node(
        `node-${i}`,
        Array.from({ length: 10 }, (_, p) =>
          pod(`web-7d9f-${i}${p}`, p % 9 === 4 ? { health: 'starting', status: 'ContainerCreating', readyContainers: 0 } : {}),
        ),
      ),
    )
    this.#nodes = [
      node('control-plane', [pod('coredns-5dd5756b68-8xk2p', { namespace: 'kube-system' })], { role: 'control-plane' }),
      node('node-a', [pod('wordpress-6c9f7b5d4-2xkqp'), pod('mariadb-0', bad)]),
      node('node-b', [
        pod('ingress-nginx-controller-7799c6795f-c4f8m'),
        pod('client-7c5d8bf9f7-tr2xw', { health: 'starting', status: 'ContainerCreating', readyContainers: 0 }),
      ]),
      ...extra,
    ]
    this.#events = [
      {
        atMs: 0,
        type: 'Normal',
        reason: 'Scheduled',
        object: 'pod/mariadb-0',
        message: 'Successfully assigned shop/mariadb-0 to node-a',
        count: 1,
      },
      {
        atMs: 1500,
        type: 'Normal',
        reason: 'Pulled',
        object: 'pod/mariadb-0',
        message: 'Container image "mariadb:11.4" already present on machine',
        count: 1,
      },
      {
        atMs: 4000,
        type: 'Warning',
        reason: 'FailedScheduling',
        object: 'pod/wordpress-6c9f7b5d4-qq8zk',
        message: '0/4 nodes are available: 3 Insufficient cpu',
        count: 1,
      },
    ]
    this.#revision++
  }

  #step(output: OutputChunk[]): Step {
    return { output, command: this.#command }
  }
}
