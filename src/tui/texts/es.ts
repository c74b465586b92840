// Lo que dice el juego, en español: las mismas claves que en.ts.
import type { Texts } from './en.ts'

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

export const es: Texts = {
  appName: 'clusterlab',
  tooSmall: (columns, rows) => `Esta ventana mide ${columns}×${rows}. Agrándala a 60×16 como mínimo y seguimos.`,
  notTerminal: 'El juego necesita una terminal. Para tuberías y scripts tienes `clusterlab sh`.',
  crashed: (message) => `Se nos ha roto algo: ${message}\nTodo lo que escribiste está guardado; vuelve a entrar y sigue donde estabas.`,

  list: {
    title: 'Niveles',
    filter: 'Filtro',
    filterHint: 'escribe para filtrar',
    none: 'Ningún nivel coincide. Esc borra el filtro.',
    empty: 'Aquí no hay niveles.',
    progress: (done, all) => `${done} de ${plural(all, 'nivel superado', 'niveles superados')}`,
    states: { new: 'nuevo', started: 'empezado', done: 'superado' },
    difficulty: 'Dificultad',
    difficultyOf: (n) => `dificultad ${n} de 5`,
    stars: (n, of) => `${n} de ${plural(of, 'estrella', 'estrellas')}`,
    score: 'Puntos',
    concepts: 'Trata de',
    needs: 'Antes',
    enter: { start: 'empezar', resume: 'seguir', again: 'jugar otra vez' },
    keys: { move: 'moverse', restart: 'de cero', scroll: 'desplazar', help: 'ayuda', quit: 'salir' },
    restartTitle: '¿Empezar de cero?',
    restartText: 'Se borra tu intento guardado de este nivel. Tus mejores estrellas se quedan.',
    openFailed: 'Este nivel no se puede abrir',
  },

  panes: { brief: 'Misión', cluster: 'Clúster', events: 'Eventos', goals: 'Objetivos', terminal: 'Terminal' },
  actions: {
    help: 'Ayuda',
    brief: 'Misión',
    cluster: 'Clúster',
    events: 'Eventos',
    hint: 'Pista',
    pause: 'Pausa',
    resume: 'Seguir',
    speed: 'Ritmo',
    skip: 'Saltar',
    check: 'Probar',
    quit: 'Salir',
    undo: 'Deshacer',
    goals: 'Objetivos',
    answer: 'Responder',
    debrief: 'Repaso',
  },
  menuTitle: '¿Y ahora qué?',

  header: {
    goals: (done, all) => `objetivos ${done}/${all}`,
    left: (clock) => `quedan ${clock}`,
    frozen: {
      unstarted: 'el reloj arranca con tu primer comando',
      reading: 'leyendo',
      editing: 'editando',
      paused: 'en pausa',
    },
    frozenShort: { unstarted: 'en espera', reading: 'leyendo', editing: 'editando', paused: 'en pausa' },
  },

  play: {
    welcome: 'F2 te vuelve a mostrar la misión, F5 da una pista y F1 explica las teclas. undo deshace tu último comando.',
    resumed: 'Aquí lo dejaste. Esto es lo que llevabas hecho.',
    running: 'en marcha: Ctrl-C lo detiene',
    runningPaused: 'esperando: el reloj está en pausa, F6 lo reanuda',
    queued: (n) => `${plural(n, 'línea', 'líneas')} en cola`,
    above: (n) => `${plural(n, 'línea', 'líneas')} más abajo: AvPág`,
    more: (n) => `${n} más`,
    search: 'buscar',
    searchFailed: 'no está',
    nothingToUndo: 'No hay nada que deshacer.',
    noHints: 'No quedan pistas. Mira los eventos y haz describe de lo que te parezca raro.',
    skipped: (time, event) => `Han pasado ${time}: ${event}`,
    skippedNothing: (time) => `Han pasado ${time} y no ha ocurrido nada.`,
    busy: 'Deja que termine el comando en marcha (Ctrl-C lo detiene).',
    passed: 'Se cumplen todos los objetivos. ¡Bien hecho! F9 te vuelve a mostrar el repaso.',
    goalPassed: (title) => `Objetivo cumplido: ${title}`,
    goalLost: (title) => `Ha dejado de cumplirse: ${title}`,
    answerNote: (id) => `answer ${id} …`,
    answered: 'Anotado.',
    speed: (speed) => `Ritmo ${speed}×`,
  },

  goals: {
    guard: 'conserva',
    onDemand: 'al probar',
    question: 'Pregunta',
    answered: 'respondida',
    expected: 'se esperaba',
    observed: 'hay',
    status: {
      pass: 'hecho',
      fail: 'aún no',
      pending: 'esperando',
      skipped: 'después',
      error: 'no se pudo juzgar',
      limit: 'límite alcanzado',
    },
    points: (n, of) => `${n}/${of}`,
    none: 'Sin objetivos: prueba lo que quieras.',
  },

  cluster: {
    empty: 'Sin nodos.',
    unplaced: 'Aún sin nodo',
    restarts: (n) => plural(n, 'reinicio', 'reinicios'),
    noPods: 'sin pods',
    pods: (n) => plural(n, 'pod', 'pods'),
    cpu: 'cpu',
    memory: 'mem',
    health: { ok: 'bien', starting: 'arrancando', waiting: 'en espera', bad: 'con problemas', done: 'terminado', ending: 'cerrándose' },
  },
  events: { empty: 'Todavía no ha pasado nada.' },

  hints: {
    title: 'Pistas',
    free: 'gratis',
    cost: (n) => `−${plural(n, 'estrella', 'estrellas')}`,
    next: (cost) => `Intro: siguiente pista (${cost})`,
    nextTitle: '¿Otra pista?',
    left: (n) => (n === 1 ? 'queda 1 pista' : `quedan ${n} pistas`),
    none: 'No quedan pistas.',
    empty: 'Aún no has pedido ninguna pista.',
    close: 'Esc: volver',
  },

  debrief: {
    title: 'Nivel superado',
    over: 'El nivel ha terminado',
    score: 'Puntos',
    next: 'Intro: volver a los niveles · Esc: quedarte a curiosear',
  },

  quit: {
    title: '¿Dejas el nivel?',
    text: 'Tu intento queda guardado. Puedes seguir cuando quieras.',
    toList: 'a los niveles',
    quit: 'salir del juego',
    stay: 'quedarme',
    answers: { list: 'n', quit: 's' },
  },

  answers: { yes: 's', no: 'n' },
  confirm: (yes, no) => `${yes}: sí · ${no}: no`,
  scroll: '↑↓ RePág AvPág desplazar · Esc volver',

  editor: {
    title: 'Editando',
    saved: 'Guardado.',
    notFound: 'No se encuentra.',
    unchanged: 'Sin cambios.',
    restored: 'Hemos recuperado lo que tenías escrito. Ctrl-Z muestra el fichero tal como estaba.',
    modified: 'con cambios',
    line: (line, column) => `línea ${line}, columna ${column}`,
    problem: (line, message) => `línea ${line}: ${message}`,
    problems: (n) => plural(n, 'problema', 'problemas'),
    find: 'Buscar',
    goto: 'Línea, o :wq :q!',
    confirm: (yes, no) => `¿Guardas antes de salir? ${yes}: guardar · ${no}: descartar · Esc: seguir editando`,
    keys: {
      save: 'Guardar',
      close: 'Guardar y salir',
      cancel: 'Cancelar',
      find: 'Buscar',
      line: 'Línea',
      undo: 'Deshacer',
      redo: 'Rehacer',
      cut: 'Cortar',
      paste: 'Pegar',
      comment: 'Comentar',
    },
  },

  help: {
    title: 'Teclas',
    text: `# La pantalla

**F2** misión · **F3** clúster · **F4** eventos: pulsa una vez para leer y desplazarte, otra (o Esc) para volver al prompt. Mientras lees la misión o una pista, o editas un fichero, el reloj se detiene.

**F5** pista · **F6** pausa · **F7** ritmo 1×, 10×, 60× · **F8** saltar al próximo evento · **F9** probar · **F10** salir (se guarda).

¿Sin teclas F? **Ctrl-G** abre un menú con todo; o pulsa **Esc** y luego un dígito (**0** es F10).

# El prompt

| tecla | hace |
| --- | --- |
| Tab | completa; otra vez: la siguiente opción |
| ↑ ↓, Ctrl-R | historial, buscar en él |
| Ctrl-A, Ctrl-E | principio, fin de línea |
| Alt-B, Alt-F | una palabra atrás, adelante |
| Ctrl-W, Ctrl-U, Ctrl-K | corta palabra, hasta el principio, hasta el fin |
| Ctrl-Y, Alt-Y | pega lo cortado |
| Ctrl-C | detiene un comando; vacía la línea |
| Ctrl-L | limpia la terminal |
| RePág, AvPág | desplaza la terminal |

# Comandos del juego

\`brief\` \`check\` \`hint\` \`answer\` \`undo\` \`reset\` \`time\` \`why OBJETO\` \`trace URL\`

Además, kubectl (y \`k\`), helm y las herramientas de siempre: cat, grep, curl, dig, vi, nano…

# Signos

● bien · ◐ arrancando · ○ en espera · ✗ con problemas · ✓ terminado · ◌ cerrándose`,
  },

  spoken: {
    intro:
      'Modo lector de pantalla. Escribe un comando y pulsa Intro. F1 lee las teclas, F2 la misión, F3 el clúster y F4 los últimos eventos.',
    prompt: 'Comando',
    listIntro: 'Arriba y abajo eligen un nivel, Intro lo abre. Escribe para filtrar. F10 sale.',
    of: (n, all) => `${n} de ${all}`,
    selected: 'Elegido',
    completions: (n) => plural(n, 'opción', 'opciones'),
    line: 'Línea',
  },
}
