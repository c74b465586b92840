/** `clusterlab levels [--json]`. */
import type { CommandRecord } from './contract.ts'

export const levelsCommand: CommandRecord = {
  name: 'levels',
  summary: { en: 'the catalogue', es: 'el catálogo' },
  define: (command) => command.option('--json', 'for programs'),
  load: () => import('../levels.ts'),
}
