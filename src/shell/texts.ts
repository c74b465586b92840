/** What the prompt's commands say, in each language. */
import type { Both, Lang } from './contract.ts'

const texts = {
  noLevel: {
    en: 'this is a free cluster: there is nothing to {verb}',
    es: 'este es un clúster libre: `{verb}` aquí no tiene nada que hacer',
  },
  noBrief: {
    en: 'A free cluster: no goals. Try what you like; `help` lists the commands.',
    es: 'Un clúster libre: sin objetivos. Prueba lo que quieras; `help` lista los comandos.',
  },
  goals: { en: 'Goals', es: 'Objetivos' },
  pass: { en: 'done', es: 'hecho' },
  fail: { en: 'not yet', es: 'todavía no' },
  pending: { en: 'waiting', es: 'en espera' },
  skipped: { en: 'later', es: 'después' },
  error: { en: 'could not be judged', es: 'no se pudo evaluar' },
  limit: { en: 'limit hit', es: 'límite alcanzado' },
  score: { en: 'Score {score} of {max}.', es: 'Puntuación {score} de {max}.' },
  passed: { en: 'Every goal holds. Well done!', es: 'Se cumplen todos los objetivos. ¡Bien hecho!' },
  noHint: {
    en: 'There is no further hint for this state. Look at the events, and describe what looks wrong.',
    es: 'Tal como está ahora no hay más pistas. Mira los eventos y haz describe de lo que te parezca raro.',
  },
  hintCost: { en: '(this hint took {n} star)', es: '(esta pista costó {n} estrella)' },
  hintsCost: { en: '(this hint took {n} stars)', es: '(esta pista costó {n} estrellas)' },
  noQuestions: { en: 'There is no question here.', es: 'Aquí no hay preguntas.' },
  notAnswered: { en: 'not answered yet: answer {id} …', es: 'sin contestar todavía: answer {id} …' },
  answerUsage: { en: 'usage: answer ID VALUE', es: 'uso: answer ID VALOR' },
  noSuchQuestion: { en: 'there is no question "{id}"; there are: {ids}', es: 'no hay ninguna pregunta "{id}"; hay: {ids}' },
  wantsNumber: { en: 'a number is needed, not "{value}"', es: 'se necesita un número, no "{value}"' },
  wantsChoice: { en: '"{value}" is none of the choices: {choices}', es: '"{value}" no es ninguna de las opciones: {choices}' },
  noted: { en: 'Noted: {id} = {value}', es: 'Anotado: {id} = {value}' },
  answered: { en: 'your answer: {value}', es: 'tu respuesta: {value}' },
  notInScript: {
    en: '{verb}: works only as a command of its own at the prompt',
    es: '{verb}: solo funciona como comando propio en el prompt',
  },
  timeNow: { en: 'Time in the cluster', es: 'Hora en el clúster' },
  timeSince: { en: 'Since you came', es: 'Desde que entraste' },
  timeLeft: { en: 'Time left', es: 'Tiempo restante' },
  commands: { en: 'Commands', es: 'Comandos' },
  par: { en: '{n} (the author took {par})', es: '{n} (el autor usó {par})' },
  submit: {
    en: 'Your work is saved as you go. To hand it in, leave and run:\n  clusterlab submit {level} --out {file}',
    es: 'Tu trabajo se guarda solo. Para entregarlo, sal y ejecuta:\n  clusterlab submit {level} --out {file}',
  },
  helpHead: { en: 'Commands of the game', es: 'Comandos del juego' },
  helpTools: { en: 'Tools', es: 'Herramientas' },
  helpShell: { en: 'Of the shell', es: 'De la shell' },
  helpKubectl: { en: 'kubectl (k)', es: 'kubectl (k)' },
  helpMore: {
    en: "`help COMMAND` tells more of one; `kubectl VERB --help` of kubectl's.",
    es: '`help COMANDO` cuenta más de uno; `kubectl VERBO --help`, de los de kubectl.',
  },
  noHelp: { en: 'help: there is no command "{name}"', es: 'help: no hay ningún comando "{name}"' },
  faultUsage: {
    en: 'usage: fault KIND TARGET    (KIND: {kinds}; TARGET: node/NAME, pod/NAME, a label such as app=web, link/FROM,TO or component/NAME; `fault help` tells which goes with which)',
    es: 'uso: fault TIPO OBJETIVO    (TIPO: {kinds}; OBJETIVO: node/NOMBRE, pod/NOMBRE, una etiqueta como app=web, link/DE,A o component/NOMBRE; `fault help` dice cuál va con cuál)',
  },
  faultHit: { en: '{kind}: {what}', es: '{kind}: {what}' },
  faultNothing: { en: 'fault: nothing was hit: no pod fits {target}', es: 'fault: no le ha dado a nada: ningún pod cuadra con {target}' },
  sandboxOnly: { en: '{verb}: only in the sandbox (clusterlab sandbox)', es: '{verb}: solo en el sandbox (clusterlab sandbox)' },
  traceUsage: {
    en: 'usage: trace URL    (as http://shop.example/ or NAME:PORT)',
    es: 'uso: trace URL    (como http://shop.example/ o NOMBRE:PUERTO)',
  },
  traceBadUrl: { en: 'trace: "{url}" is no URL that can be traced', es: 'trace: "{url}" no es una URL que se pueda seguir' },
  traceFrom: { en: 'from the office PC (192.168.0.200) to {url}', es: 'desde el PC de la oficina (192.168.0.200) a {url}' },
} satisfies Record<string, Both>

export type TextKey = keyof typeof texts

/** The text, with `{name}` filled in. */
export function text(lang: Lang, key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return texts[key][lang].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}
