/** `clusterlab`, `play`, `sandbox`: the game in the terminal. */
import type { PresetName } from '../cluster/presets.ts'
import { Catalogue } from '../game/catalogue.ts'
import { createGame, SANDBOX } from '../game/game.ts'
import { Save } from '../game/save.ts'
import { runGame } from '../tui/run.tsx'
import type { Options, Run } from './commands/contract.ts'
import { type Context, seedOption } from './context.ts'
import { crashText, writeReport } from './crash.ts'
import { FileShelf, homeFolder } from './home.ts'
import { FolderSource, type LevelPlace, wantedLevel } from './level-source.ts'

interface Start {
  readonly place?: LevelPlace
  readonly preset?: PresetName
}

async function play(start: Start, options: Options, context: Context): Promise<number> {
  const { place, preset } = start
  const shelf = new FileShelf(homeFolder(context.env))
  const catalogue = new Catalogue(new FolderSource(place ? [place] : []))
  const saveName = (id: string): string => (id === place?.id ? place.saveName : id)
  const levelId = place?.id ?? (preset && SANDBOX)
  const save = levelId === undefined ? undefined : new Save(shelf, saveName(levelId))
  const seed = seedOption(options) ?? save?.seed
  if (options['fresh'] === true) save?.putAside()
  const seeds = new Map(place === undefined || seed === undefined ? [] : [[place.id, seed]])
  const world = createGame({ catalogue, shelf, lang: context.lang, saveName, seeds, ...(preset && { preset }) })
  const { stdin, stdout, stderr, env } = context
  return runGame({
    world,
    lang: context.lang,
    crashText: (error) => crashText(context.lang, writeReport(error, env, process.argv.slice(2))),
    noColour: context.noColour,
    stdin,
    stdout,
    stderr,
    env: { ...env },
    ...(levelId !== undefined && { levelId }),
  })
}

export const runList: Run = (_args, options, context) => play({}, options, context)

export const run: Run = (args, options, context) => play({ place: wantedLevel(args[0]!, context) }, options, context)

export const runSandbox: Run = (_args, options, context) => play({ preset: options['preset'] as PresetName }, options, context)
