kubectl patch service web -p '{"spec":{"selector":{"app":"web"}}}'; answer color b
