// The root component: draws whichever screen the game is on, anew whenever the game says so.
import { useSyncExternalStore } from 'react'
import type { Game } from '../game/game.ts'
import type { Screen } from '../screen.ts'
import type { ColourMode } from '../text/theme.ts'
import { ListScreen } from './list-screen.tsx'
import { PlayScreen } from './play-screen.tsx'
import { ColourContext } from './rows.tsx'
import { ScreenContext } from './screen-context.tsx'
import { SpokenScreen } from './spoken-screen.tsx'

export const App = ({ game, colours, screen }: { game: Game; colours: ColourMode; screen?: Screen }) => {
  const version = useSyncExternalStore(game.subscribe, () => game.version)
  if (game.options.spoken) return <SpokenScreen game={game} version={version} />
  const size = { columns: game.columns, rows: game.rows, version }
  return (
    <ColourContext.Provider value={colours}>
      <ScreenContext.Provider value={screen}>
        {game.play ? (
          <PlayScreen play={game.play} debrief={() => game.options.world.debrief()} {...size} />
        ) : (
          <ListScreen lobby={game.lobby} texts={game.options.texts} {...size} />
        )}
      </ScreenContext.Provider>
    </ColourContext.Provider>
  )
}
