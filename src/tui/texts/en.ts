// What the game says, in English. The other languages have the same keys, checked by the compiler.

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

export const en = {
  appName: 'clusterlab',
  tooSmall: (columns: number, rows: number) => `This window is ${columns}×${rows}. Make it at least 60×16, and the game goes on.`,
  notTerminal: 'The game needs a terminal. For pipes and scripts there is `clusterlab sh`.',
  crashed: (message: string) => `Something of ours broke: ${message}\nEverything you typed is saved; start again and go on from there.`,

  list: {
    title: 'Levels',
    filter: 'Filter',
    filterHint: 'type to filter',
    none: 'No level matches. Esc clears the filter.',
    empty: 'There are no levels here.',
    progress: (done: number, all: number) => `${done} of ${plural(all, 'level', 'levels')} done`,
    states: { new: 'new', started: 'started', done: 'done' },
    difficulty: 'Difficulty',
    difficultyOf: (n: number) => `difficulty ${n} of 5`,
    stars: (n: number, of: number) => `${n} of ${plural(of, 'star', 'stars')}`,
    score: 'Score',
    concepts: 'About',
    needs: 'First',
    enter: { start: 'start', resume: 'go on', again: 'play again' },
    keys: { move: 'move', restart: 'start over', scroll: 'scroll', help: 'help', quit: 'quit' },
    restartTitle: 'Start over?',
    restartText: 'Your saved attempt at this level is thrown away. Your best stars stay.',
    openFailed: 'This level cannot be opened',
  },

  panes: { brief: 'Brief', cluster: 'Cluster', events: 'Events', goals: 'Goals', terminal: 'Terminal' },
  actions: {
    help: 'Help',
    brief: 'Brief',
    cluster: 'Cluster',
    events: 'Events',
    hint: 'Hint',
    pause: 'Pause',
    resume: 'Go on',
    speed: 'Speed',
    skip: 'Skip',
    check: 'Check',
    quit: 'Quit',
    undo: 'Undo',
    goals: 'Goals',
    answer: 'Answer',
    debrief: 'Debrief',
  },
  menuTitle: 'What next?',

  header: {
    goals: (done: number, all: number) => `goals ${done}/${all}`,
    left: (clock: string) => `${clock} left`,
    frozen: { unstarted: 'clock starts with your first command', reading: 'reading', editing: 'editing', paused: 'paused' },
    frozenShort: { unstarted: 'waiting', reading: 'reading', editing: 'editing', paused: 'paused' },
  },

  play: {
    welcome: 'F2 shows the brief again, F5 gives a hint, F1 explains the keys. Undo takes back your last command.',
    resumed: 'Back where you left. Here is what you had done.',
    running: 'running: Ctrl-C stops it',
    runningPaused: 'waiting: the clock is paused, F6 lets it go on',
    queued: (n: number) => `${plural(n, 'line', 'lines')} waiting`,
    above: (n: number) => `${plural(n, 'line', 'lines')} below: PgDn`,
    more: (n: number) => `${n} more`,
    search: 'search',
    searchFailed: 'not found',
    nothingToUndo: 'There is nothing to undo.',
    noHints: 'There are no more hints. Look at the events, and describe what looks wrong.',
    skipped: (time: string, event: string) => `${time} went by: ${event}`,
    skippedNothing: (time: string) => `${time} went by, and nothing happened.`,
    busy: 'Finish the running command first (Ctrl-C stops it).',
    passed: 'Every goal holds. Well done! F9 shows the debrief again.',
    goalPassed: (title: string) => `Goal reached: ${title}`,
    goalLost: (title: string) => `No longer true: ${title}`,
    answerNote: (id: string) => `answer ${id} …`,
    answered: 'Noted.',
    speed: (speed: number) => `Speed ${speed}×`,
  },

  goals: {
    guard: 'keep',
    onDemand: 'on check',
    question: 'Question',
    answered: 'answered',
    expected: 'expected',
    observed: 'found',
    status: { pass: 'done', fail: 'not yet', pending: 'waiting', skipped: 'later', error: 'could not be judged', limit: 'limit hit' },
    points: (n: number, of: number) => `${n}/${of}`,
    none: 'No goals here: try what you like.',
  },

  cluster: {
    empty: 'No nodes.',
    unplaced: 'No node yet',
    restarts: (n: number) => plural(n, 'restart', 'restarts'),
    noPods: 'no pods',
    pods: (n: number) => plural(n, 'pod', 'pods'),
    cpu: 'cpu',
    memory: 'mem',
    health: { ok: 'well', starting: 'starting', waiting: 'waiting', bad: 'in trouble', done: 'finished', ending: 'ending' },
  },
  events: { empty: 'Nothing has happened yet.' },

  hints: {
    title: 'Hints',
    free: 'free',
    cost: (n: number) => `−${plural(n, 'star', 'stars')}`,
    next: (cost: string) => `Enter: the next hint (${cost})`,
    nextTitle: 'Another hint?',
    left: (n: number) => `${plural(n, 'hint', 'hints')} left`,
    none: 'No hints left.',
    empty: 'No hint taken yet.',
    close: 'Esc: back',
  },

  debrief: {
    title: 'Level complete',
    over: 'The level is over',
    score: 'Score',
    next: 'Enter: back to the levels · Esc: stay and look around',
  },

  quit: {
    title: 'Leave the level?',
    text: 'Your attempt is saved. You can go on any time.',
    toList: 'to the levels',
    quit: 'quit the game',
    stay: 'stay',
    answers: { list: 'l', quit: 'q' },
  },

  answers: { yes: 'y', no: 'n' },
  confirm: (yes: string, no: string) => `${yes}: yes · ${no}: no`,
  scroll: '↑↓ PgUp PgDn scroll · Esc back',

  editor: {
    title: 'Editing',
    saved: 'Saved.',
    notFound: 'Not found.',
    unchanged: 'No change.',
    restored: 'What you had typed before is back. Ctrl-Z shows the file as it was.',
    modified: 'changed',
    line: (line: number, column: number) => `line ${line}, column ${column}`,
    problem: (line: number, message: string) => `line ${line}: ${message}`,
    problems: (n: number) => plural(n, 'problem', 'problems'),
    find: 'Find',
    goto: 'Line, or :wq :q!',
    confirm: (yes: string, no: string) => `Save before leaving? ${yes}: save · ${no}: throw away · Esc: keep editing`,
    keys: {
      save: 'Save',
      close: 'Save+exit',
      cancel: 'Cancel',
      find: 'Find',
      line: 'Line',
      undo: 'Undo',
      redo: 'Redo',
      cut: 'Cut',
      paste: 'Paste',
      comment: 'Comment',
    },
  },

  help: {
    title: 'Keys',
    text: `# The screen

**F2** brief · **F3** cluster · **F4** events: press once to read and scroll, again (or Esc) to go back to the prompt. While you read the brief or a hint, or edit a file, the clock stands still.

**F5** hint · **F6** pause · **F7** speed 1×, 10×, 60× · **F8** skip to the next event · **F9** check · **F10** leave (saved).

No F keys? **Ctrl-G** opens a menu of everything; or press **Esc**, then a digit (**0** is F10).

# The prompt

| key | does |
| --- | --- |
| Tab | completes; again: next choice |
| ↑ ↓, Ctrl-R | history, search in it |
| Ctrl-A, Ctrl-E | start, end of line |
| Alt-B, Alt-F | a word back, forward |
| Ctrl-W, Ctrl-U, Ctrl-K | cut word, to start, to end |
| Ctrl-Y, Alt-Y | paste what was cut |
| Ctrl-C | stops a command; clears the line |
| Ctrl-L | empties the terminal |
| PgUp, PgDn | scrolls the terminal |

# Commands of the game

\`brief\` \`check\` \`hint\` \`answer\` \`undo\` \`reset\` \`time\` \`why OBJECT\` \`trace URL\`

Beside them kubectl (and \`k\`), helm, and the usual tools: cat, grep, curl, dig, vi, nano…

# Signs

● well · ◐ starting · ○ waiting · ✗ in trouble · ✓ finished · ◌ ending`,
  },

  spoken: {
    intro: 'Screen reader mode. Type a command and press Enter. F1 reads the keys, F2 the brief, F3 the cluster, F4 the latest events.',
    prompt: 'Command',
    listIntro: 'Up and down choose a level, Enter opens it. Type to filter. F10 leaves.',
    of: (n: number, all: number) => `${n} of ${all}`,
    selected: 'Selected',
    completions: (n: number) => plural(n, 'completion', 'completions'),
    line: 'Line',
  },
}

export type Texts = typeof en
