# fails: blog kept others
# Any of the three: two of them have never heard of the blog.
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-service:3307
kubectl rollout status deployment/wordpress --timeout=25s
answer headless-name b
