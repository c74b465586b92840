/** WordPress' tables. */

/** The tables that WordPress makes when it is installed: those parts of them that are used here. */
export const schema = (p: string): string[] => [
  `CREATE TABLE IF NOT EXISTS ${p}options (option_id bigint(20) NOT NULL AUTO_INCREMENT, option_name varchar(191) NOT NULL DEFAULT '', option_value longtext NOT NULL, autoload varchar(20) NOT NULL DEFAULT 'yes', PRIMARY KEY (option_id), UNIQUE KEY option_name (option_name))`,
  `CREATE TABLE IF NOT EXISTS ${p}users (ID bigint(20) NOT NULL AUTO_INCREMENT, user_login varchar(60) NOT NULL DEFAULT '', user_pass varchar(255) NOT NULL DEFAULT '', user_email varchar(100) NOT NULL DEFAULT '', display_name varchar(250) NOT NULL DEFAULT '', PRIMARY KEY (ID))`,
  `CREATE TABLE IF NOT EXISTS ${p}posts (ID bigint(20) NOT NULL AUTO_INCREMENT, post_author bigint(20) NOT NULL DEFAULT 0, post_date datetime NOT NULL, post_content longtext NOT NULL, post_title text NOT NULL, post_status varchar(20) NOT NULL DEFAULT 'publish', post_name varchar(200) NOT NULL DEFAULT '', post_type varchar(20) NOT NULL DEFAULT 'post', guid varchar(255) NOT NULL DEFAULT '', PRIMARY KEY (ID))`,
  `CREATE TABLE IF NOT EXISTS ${p}comments (comment_ID bigint(20) NOT NULL AUTO_INCREMENT, comment_post_ID bigint(20) NOT NULL DEFAULT 0, comment_author text NOT NULL, comment_author_email varchar(100) NOT NULL DEFAULT '', comment_date datetime NOT NULL, comment_content text NOT NULL, PRIMARY KEY (comment_ID))`,
]
