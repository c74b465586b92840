# fails: all-there
# No limit: the machine is the limit.
kubectl patch deployment wordpress --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/resources/limits/memory"}]'
sleep 60
answer eight-of-ten c
