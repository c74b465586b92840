/** `clusterlab submit LEVEL --out FILE`. */
import type { CommandRecord } from './contract.ts'

export const submitCommand: CommandRecord = {
  name: 'submit',
  summary: { en: 'write the journal of a level, to hand in', es: 'escribir el diario de un nivel, para entregarlo' },
  define: (command) => command.argument('<level>').requiredOption('--out <file>', 'where to write it'),
  load: () => import('../submit.ts'),
}
