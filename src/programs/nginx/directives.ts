/** The directives nginx knows here: those that act are read by config.ts, the others are accepted and change nothing that is simulated. */

/** Directives that the simulation acts on. */
const ACTING =
  'events http server location upstream listen server_name root alias index try_files return proxy_pass proxy_connect_timeout proxy_read_timeout proxy_next_upstream proxy_next_upstream_tries proxy_set_header fastcgi_pass fastcgi_connect_timeout fastcgi_read_timeout error_page autoindex deny allow add_header default_type dav_methods access_log expires internal resolver rewrite'

/** Accepted, without effect in the simulation. */
const SILENT =
  'user client_body_temp_path proxy_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path worker_processes worker_connections error_log pid sendfile tcp_nopush tcp_nodelay keepalive_timeout keepalive_requests keepalive types log_format gzip gzip_types gzip_min_length gzip_vary gzip_proxied gzip_comp_level charset client_max_body_size client_body_buffer_size client_body_timeout client_header_timeout send_timeout proxy_http_version proxy_send_timeout proxy_buffering proxy_buffers proxy_buffer_size proxy_redirect proxy_cache_bypass proxy_request_buffering server_tokens create_full_put_path dav_access multi_accept use worker_rlimit_nofile types_hash_max_size server_names_hash_bucket_size real_ip_header set_real_ip_from absolute_redirect port_in_redirect etag if_modified_since large_client_header_buffers daemon zone least_conn ip_hash map set limit_req limit_req_zone limit_conn limit_conn_zone satisfy proxy_hide_header proxy_pass_header proxy_intercept_errors log_not_found chunked_transfer_encoding reset_timedout_connection open_file_cache merge_slashes underscores_in_headers ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers ssl_session_cache ssl_session_timeout ssl_prefer_server_ciphers http2 fastcgi_param fastcgi_index fastcgi_split_path_info fastcgi_intercept_errors fastcgi_request_buffering fastcgi_buffering fastcgi_buffers fastcgi_buffer_size fastcgi_max_temp_file_size fastcgi_hide_header fastcgi_send_timeout'

const known = new Set(`${ACTING} ${SILENT}`.split(' '))

export const isKnownDirective = (name: string): boolean => known.has(name)

/** Directives that nginx has and this simulation does not act on although they would change answers. */
export const NOT_SIMULATED = new Set([
  'if',
  'uwsgi_pass',
  'grpc_pass',
  'auth_basic',
  'auth_request',
  'sub_filter',
  'mirror',
  'stream',
  'mail',
  'perl',
  'js_import',
  'load_module',
  'stub_status',
])
