# fails: blog-open stays
# No Service, no door; and no name for WordPress.
kubectl delete service mariadb-service
answer how-many 4
