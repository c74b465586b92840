/** `clusterlab sh [LEVEL] [SCRIPT]`. */
import type { CommandRecord } from './contract.ts'

export const shCommand: CommandRecord = {
  name: 'sh',
  summary: {
    en: 'the same world at a plain prompt, or for a script from a file or stdin',
    es: 'el mismo mundo en un prompt sencillo, o para un script de un fichero o de stdin',
  },
  define: (command) =>
    command
      .argument('[level]')
      .argument('[script]')
      .option('--preset <preset>', 'the cluster, without a level', 'default')
      .option('--seed <seed>', 'what the level’s variants and the world are drawn from')
      .option('--fresh', 'begin anew'),
  load: () => import('../sh.ts'),
}
