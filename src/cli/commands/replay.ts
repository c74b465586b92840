/** `clusterlab replay JOURNAL [--to asciicast]`. */
import { Option } from 'commander'
import type { CommandRecord } from './contract.ts'

export const replayCommand: CommandRecord = {
  name: 'replay',
  summary: {
    en: 'replay a journal and verify its state; --to asciicast makes a recording',
    es: 'repetir un diario y verificar su estado; --to asciicast hace una grabación',
  },
  define: (command) =>
    command
      .argument('<journal>')
      .addOption(new Option('--to <format>', 'write a recording instead').choices(['asciicast']))
      .option('--out <file>', 'where to write the recording')
      .option('--level <level>', 'the level, where the journal does not name a built-in one'),
  load: () => import('../replay.ts'),
}
