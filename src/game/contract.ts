/** What the game's screens see of a player's world: plain data out, synchronous calls in. Implemented in this room; tests of the screens use a fake. */

/** Where a level stands for this player. */
export type LevelState = 'new' | 'started' | 'done'

/** One row of the level list. */
export interface LevelSummary {
  /** `<course>/<name>` */
  id: string
  title: string
  /** 1..5 */
  difficulty: number
  concepts: string[]
  /** Markdown, shown in the detail pane. */
  brief: string
  state: LevelState
  /** A save exists that `open(id, {fresh: false})` goes on from. */
  resumable: boolean
  stars: number
  maxStars: number
  score: number
  maxScore: number
  /** Prerequisites by level id; those not yet done are advice, never a lock. */
  needs: string[]
}

export interface CourseSummary {
  name: string
  title: string
  levels: LevelSummary[]
}

export type ObjectiveStatus = 'pass' | 'fail' | 'pending' | 'skipped' | 'error' | 'limit'

export interface ObjectiveView {
  id: string
  title: string
  status: ObjectiveStatus
  score: number
  maxScore: number
  /** Holds from the start; breaking it caps the score. */
  guard: boolean
  /** Judged only when the player says `check` (an experiment, a data check). */
  onDemand: boolean
  /** Told on failure, once there is something to tell. */
  message?: string
  expected?: string
  observed?: string
}

/** How a pod or node is doing, for its glyph and colour; the word that kubectl would print is beside it. */
export type Health = 'ok' | 'starting' | 'waiting' | 'bad' | 'done' | 'ending'

export interface PodView {
  namespace: string
  name: string
  /** What `kubectl get pods` prints under STATUS, such as `CrashLoopBackOff`. */
  status: string
  health: Health
  readyContainers: number
  containers: number
  restarts: number
  /** Groups pods of one workload in the compact view; usually the owner's name. */
  app: string
}

export interface NodeView {
  name: string
  /** What `kubectl get nodes` prints under STATUS, such as `Ready,SchedulingDisabled`. */
  status: string
  health: Health
  /** `control-plane`, or empty. */
  role: string
  cpuMilliRequested: number
  cpuMilliTotal: number
  memoryBytesUsed: number
  memoryBytesTotal: number
  pods: PodView[]
}

export interface EventView {
  /** Virtual time. */
  atMs: number
  type: 'Normal' | 'Warning'
  reason: string
  /** `pod/web-1` */
  object: string
  message: string
  count: number
}

export interface HintView {
  text: string
  /** Stars it took; 0 is free. */
  cost: number
}

/** A question put to the player. */
export interface QuestionView {
  id: string
  text: string
  choices: string[]
  /** What was answered, if anything was. */
  answered?: string
}

/** Everything the play screen draws. Built anew when `revision` moves; the arrays and objects in it are never mutated afterwards. */
export interface WorldFrame {
  levelId: string
  levelTitle: string
  /** Markdown. */
  brief: string
  /** Absent when the level has no time limit. */
  limitMs?: number
  commands: number
  /** The author's number of commands; absent when not given. */
  parCommands?: number
  stars: number
  maxStars: number
  score: number
  maxScore: number
  /** Every objective holds. */
  passed: boolean
  /** The level is over: passed, out of time, or ended. Commands are still taken. */
  over: boolean
  /** What stands before the cursor, such as `~/shop $ `. */
  promptLabel: string
  /** A checkpoint exists that `undo` goes back to. */
  canUndo: boolean
  objectives: ObjectiveView[]
  questions: QuestionView[]
  hintsTaken: HintView[]
  /** Hints left to take, and the stars the next one takes. */
  hintsLeft: number
  nextHintCost: number
  nodes: NodeView[]
  /** Pods without a node. */
  unplaced: PodView[]
  /** The player's: whose pods are shown first. */
  namespace: string
  /** Oldest first, a few hundred at most. */
  events: EventView[]
}

export interface OutputChunk {
  /** `note` is the game speaking, not a program. */
  stream: 'out' | 'err' | 'note'
  text: string
}

/** A line and what is wrong there; `line` counts from 1 and is absent when the problem concerns the whole file. */
export interface EditProblem {
  line?: number
  message: string
}

/** A program (`kubectl edit`, `vi`, `nano`, `edit`) waits for the player to edit a file. */
export interface EditRequest {
  /** Changes with every request, also when the API sends the same file back with problems. */
  id: string
  path: string
  text: string
  language: 'yaml' | 'text'
  /** The program by the name it was called: chooses what the key help mentions. */
  program: string
  problems: EditProblem[]
}

export type CommandState =
  | { status: 'idle'; exitCode: number }
  | { status: 'running' }
  /** Waits for a line on its standard input (`kubectl exec -i`, `read`). */
  | { status: 'input'; label: string }
  | { status: 'edit'; edit: EditRequest }

/** What came of one call: the output since the last step and where the command stands now. */
export interface Step {
  output: OutputChunk[]
  command: CommandState
  /** The screen was asked to be emptied (`clear`, `watch`) before this output. */
  clear?: boolean
}

export type EditAnswer =
  /** Write the file and go on editing. */
  | { action: 'save'; text: string }
  /** Write the file and leave. */
  | { action: 'close'; text: string }
  /** Leave without writing. */
  | { action: 'cancel' }

export interface Candidate {
  text: string
  /** A word or two about it, such as the kind. */
  note?: string
}

export interface Completion {
  /** UTF-16 offsets of what a candidate replaces. */
  from: number
  to: number
  /** At most a few hundred, in the order to show them. */
  candidates: Candidate[]
}

/** What the player had typed but not yet handed over, kept so that a crash loses nothing. */
export interface Draft {
  prompt: string
  edit?: { path: string; text: string }
}

export type Opened =
  | { ok: true; history: string[]; scrollback: OutputChunk[]; draft?: Draft; step: Step }
  /** In the player's language, with file and line where there are some. */
  | { ok: false; error: string }

export interface SkipResult extends Step {
  skippedMs: number
  /** What happened, in a few words; absent when nothing more is due. */
  event?: string
}

export interface Debrief {
  /** Markdown. */
  text: string
  stars: number
  maxStars: number
  score: number
  maxScore: number
  /** The level the list offers next, if any. */
  nextLevelId?: string
}

/**
 * One player's world. All calls are synchronous and none lets virtual time pass but `advance`, `skipToNextEvent` and what a command costs.
 * A call that makes no sense now (a command while one runs) throws; an ordinary failure is in the returned data.
 */
export interface GameWorld {
  courses(): CourseSummary[]
  /** Opens a level: from its save unless `fresh`. */
  open(levelId: string, options: { fresh: boolean }): Opened
  /** Moves whenever `snapshot()` would differ, so not with the clock alone; cheap, asked twenty times a second. */
  revision(): number
  /** Virtual time since the player entered; cheap. */
  clockMs(): number
  snapshot(): WorldFrame
  /** `incomplete` when the shell would go on with a continuation prompt: open quote, here-document, `if` without `fi`. */
  completeness(text: string): 'complete' | 'incomplete'
  complete(text: string, cursor: number): Completion
  /** Starts a command (several lines are one input). Only when idle. */
  submitCommand(text: string): Step
  /** A line for the running command's standard input. `undefined` is the end of input (Ctrl-D). */
  submitInput(line: string | undefined): Step
  /** Answers the pending edit. */
  answerEdit(answer: EditAnswer): Step
  /** Ctrl-C. */
  interrupt(): Step
  /** Lets virtual time pass. */
  advance(virtualMs: number): Step
  /** Lets time pass until something happens in the cluster, or for at most ten virtual minutes. */
  skipToNextEvent(): SkipResult
  undo(): Step
  /** Takes the next hint; the frame then lists it. */
  hint(): HintView | undefined
  /** Judges everything now, experiments too. */
  check(): Step
  /** `ok` is about the answer's form (a number, one of the choices); whether it is right shows in the objectives. */
  answer(questionId: string, value: string): { ok: true } | { ok: false; error: string }
  /** Absent while the level is neither passed nor over. */
  debrief(): Debrief | undefined
  /** Remembers what is typed but not handed over; written to disk at once, or soon. */
  keepDraft(draft: Draft): void
  /** Writes everything to disk now; safe to call at any time, from a signal handler too. */
  save(): void
  /** Saves and leaves the level. */
  close(): void
}
