// What the screens see of a player's world; the game room defines and implements it.
export type * from '../game/contract.ts'
