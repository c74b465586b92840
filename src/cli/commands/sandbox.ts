/** `clusterlab sandbox [--preset P]`. */
import { Option } from 'commander'
import { PRESETS } from '../../cluster/presets.ts'
import type { CommandRecord } from './contract.ts'

export const sandboxCommand: CommandRecord = {
  name: 'sandbox',
  summary: { en: 'a free cluster with nothing to solve', es: 'un clúster libre, sin nada que resolver' },
  define: (command) =>
    command.addOption(new Option('--preset <preset>', 'the cluster').choices(PRESETS).default('default')).option('--fresh', 'begin anew'),
  load: async () => ({ run: (await import('../play.ts')).runSandbox }),
}
