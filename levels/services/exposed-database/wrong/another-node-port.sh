# fails: shut
# The door is moved, and nobody is told the number.
kubectl patch service mariadb-service --type=json -p '[{"op":"replace","path":"/spec/ports/0/nodePort","value":31999}]'
answer how-many 4
