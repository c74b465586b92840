/** `clusterlab play LEVEL`. */
import type { CommandRecord } from './contract.ts'

export const playCommand: CommandRecord = {
  name: 'play',
  summary: { en: 'play one level: a name, or a path to a level folder', es: 'jugar un nivel: un nombre o la ruta de una carpeta de nivel' },
  define: (command) =>
    command.argument('<level>').option('--seed <seed>', 'yours, where the level differs for each student').option('--fresh', 'begin anew'),
  load: () => import('../play.ts'),
}
