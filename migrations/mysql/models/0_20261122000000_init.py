from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE TABLE IF NOT EXISTS `attempts` (
    `key` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `count` INT NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,
    KEY `idx_attempts_expires_cc4adf` (`expires_at`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `audit_log` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `at` DATETIME(3) NOT NULL,
    `actor_type` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `actor_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `token_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `revision` BIGINT,
    `action` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `resource_type` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `resource_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `resource_name` VARCHAR(255),
    `details` MEDIUMTEXT,
    `request_id` VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin,
    `ip` VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin,
    UNIQUE KEY `uid_audit_log_project_3dc402` (`project_id`, `revision`),
    KEY `idx_audit_log_at_63718d` (`at`),
    KEY `idx_audit_log_actor_i_e0b208` (`actor_id`, `at`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `users` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `email` VARCHAR(254) NOT NULL,
    `email_key` VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL UNIQUE,
    `name` VARCHAR(255) NOT NULL,
    `name_key` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `avatar_url` VARCHAR(500),
    `password_hash` VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `is_active` BOOL NOT NULL,
    `is_admin` BOOL NOT NULL,
    `email_verified_at` DATETIME(3),
    `last_login_at` DATETIME(3),
    `revision` BIGINT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `one_time_tokens` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `purpose` VARCHAR(32) NOT NULL,
    `token_hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    `created_at` DATETIME(3) NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,
    `used_at` DATETIME(3),
    `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    CONSTRAINT `fk_one_time_users_3372f62a` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
    KEY `idx_one_time_to_expires_ad5792` (`expires_at`),
    KEY `idx_one_time_to_user_id_00b89d` (`user_id`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `projects` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `name` VARCHAR(255) NOT NULL,
    `name_key` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `description` LONGTEXT,
    `is_public` BOOL NOT NULL,
    `settings` MEDIUMTEXT NOT NULL,
    `member_count` INT NOT NULL,
    `collection_count` INT NOT NULL,
    `endpoint_count` INT NOT NULL,
    `revision` BIGINT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,
    `owner_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    CONSTRAINT `fk_projects_users_d3f32dec` FOREIGN KEY (`owner_id`) REFERENCES `users` (`id`) ON DELETE RESTRICT,
    KEY `idx_projects_owner_i_e5fdc8` (`owner_id`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `environments` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `name` VARCHAR(100) NOT NULL,
    `name_hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `description` VARCHAR(500),
    `variables` MEDIUMTEXT NOT NULL,
    `default_of` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin UNIQUE,
    `revision` BIGINT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    UNIQUE KEY `uid_environment_project_21fb5d` (`project_id`, `name_hash`),
    CONSTRAINT `fk_environm_projects_a5dda6ba` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `mcp_tokens` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `name` VARCHAR(255) NOT NULL,
    `scope` VARCHAR(8) NOT NULL,
    `token_hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    `prefix` VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `last_validated_at` DATETIME(3),
    `validation_count` BIGINT NOT NULL,
    `revoked_at` DATETIME(3),
    `revoked_by_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `revoked_reason` VARCHAR(255),
    `creator_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    CONSTRAINT `fk_mcp_toke_users_0a0c64a4` FOREIGN KEY (`creator_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
    CONSTRAINT `fk_mcp_toke_projects_5d80ce26` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
    KEY `idx_mcp_tokens_creator_cc4484` (`creator_id`),
    KEY `idx_mcp_tokens_project_9203eb` (`project_id`, `created_at`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `members` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `created_at` DATETIME(3) NOT NULL,
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    UNIQUE KEY `uid_members_user_id_b04640` (`user_id`, `project_id`),
    CONSTRAINT `fk_members_projects_847eb1c0` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
    CONSTRAINT `fk_members_users_632111a1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
    KEY `idx_members_project_855657` (`project_id`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `sessions` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `generation` BIGINT NOT NULL,
    `rotations` MEDIUMTEXT NOT NULL,
    `ip` VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin,
    `user_agent` VARCHAR(255),
    `created_at` DATETIME(3) NOT NULL,
    `last_used_at` DATETIME(3) NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,
    `revoked_at` DATETIME(3),
    `revoked_reason` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
    `user_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    CONSTRAINT `fk_sessions_users_0c63f6d3` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE,
    KEY `idx_sessions_expires_6bcc94` (`expires_at`),
    KEY `idx_sessions_user_id_80072d` (`user_id`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `aerich` (
    `id` INT NOT NULL PRIMARY KEY AUTO_INCREMENT,
    `version` VARCHAR(255) NOT NULL,
    `app` VARCHAR(100) NOT NULL,
    `content` JSON NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztXVtz2zYW/isYvTSZUT2WfImT7uyM7CitWzvu2ErTnThDQyQkYU0BLAFZ0XTz3xcASf"
    "FOk7rSLJ5sATgQ9R0A54rDv1tTaiGbHfQ4R1OHt96Bv1sETpH4J9nVBi3oOGGHbOBwaKux"
    "0BukGuGQcReacrIRtBkSTRZiposdjimRo3+hc0BHHBHA6BTxCSZjMJ5B10IWmEMGuIvlf1"
    "j2AMyZ+JdYdN4GbAJd0TNcAGjbYE7dR+SyA/mlFjXFt4qJtjT/jOC/ZsjgdCzmQ674li9f"
    "RbOgQ98QCz46j8YII9uK4fiIFnIG1WHwhaMae8zE+IMaK59+aJjUnk1JZLyz4BNKlgTi18"
    "nWMSLIhRxZEXTJzLZ9RgRN3uOKBu7O0PI5rbDBQiM4syWPJLX3CGFbyzA+3gyMu/7AMFop"
    "/gUUEcj9JpMSyXtMOFMQTOE3w0ZkzCfi4+nxd+97QiS8UfIL/+jdXvzSu311evxafuF0wf"
    "6yE+1A/tO7GPRvgXgwACWC4OLm6qo36HufjCEmkpqK5eety48+fVdN/F09AOTQewTFtpBP"
    "Jp0RnubUJeHZfFqOT3AKe61VORU0hKwKd0/Al8NtMWosn+DHbuf4zfHZ0enxmRiinnLZ8q"
    "aAd5cfBwraEEr0zcEuYgbMwHOApygb0DhVAlXBNsQF6UHwz2Yw3uV2KLH8u0fx5f9erO3B"
    "5XX/1ZFcvfKIGT1GFq9sGELzcS7ONiPVQ7s0b2y6a9qdJlsggWMFkvw58uEDiTCzMO8T7i"
    "4y5UXYWywy5DjDpuNyMuPzhAILi1N7AjngVPzF5gSos70N5i7m8rgXx7k4nQVTIWFiNkEq"
    "PovxkhDztKDYxKT35J58FqKEzjgYURfhMQHiCGfvACQASRyA6LLxE2JqHsel/0UmF72W91"
    "mIGEoOwMODi54wE9M/PACsxt4Tf/APDASd3ndLQnMCyRiBKbQEXHP/CcbQyRVYX1r+dAZW"
    "my+YsvU1Icq+tMTvpK4/TGzHr7nCzRuSODGt7P3tjd2VXGv9azQjHrvGkDHoCPEglj8i1o"
    "G/Ur3lfkDQXPzSf7d2IgSPTgtOAXUEHJ3Gj4CgcT3xJ2ctFn/Vzuq9ntEFrDVtaj4eEDrf"
    "Gj/XPsWjgtLbZwq/KipinGwzO6qM/rEzXbFTtE0CmDun2bpiZ93N0jnN5lOVwy5KsRKD/F"
    "VfT/7s+xgLOcOp2PeVOBOl0JzZHmfiykY53sRpNHe2x52l8pfizTke59q8UaqVzN66cccz"
    "fN92u0dHb7qHR6dnJ8dv3pycHS4t4HRXkSl8fvmztIZjXEibx54VUVXiZ8PeBGlfD89QdG"
    "8wOnNNVF0xS1E2kFtH3RLcOupmc0u0r3mSdXO5VUXQJIi0pNmmpPGhVg0pDl1MoPsMjwLC"
    "5nGpe3JSxp48OXmdh7fqiwNuIQ6x522LQ/0royQb6ghJAmQ6lArZy8O5ANZB/08loqfMX/"
    "kBmq+ue3/G98R1//3lp+uAIIL/xdXNeWqdix/OsvXdQpERJWveEu90z8rY8t2zHGNedKxp"
    "zcup46zCTiUWecObx5rjMofP8Uk2Y0T7enw5PqlRTKNPnrBLyRSRzCB4tLtdFNVA4cCSwf"
    "AekN9lAYY4oCPwBF0sJ8sIa+eOlCGIhwfZaUwgmyzjB+Dul96P3ZNTOVp+HFFbhsDlQBlv"
    "8FeXQUeCYiL6YgGKHxiQAQ4VIL8n/lgQ+X0qgvHx09VVECGhMtDA2oDRMEgh3c1DyJAMqN"
    "M5A5SINn8uMWRKGX82XCH7lz8uFazQoYmGaIz5oYmqiuNa+mK9ja/O4WEZaXp4mKswqr64"
    "OAw3VxWpGKNqINR180pEf1SFzZAga54Wc1JqS5wUbImT9JZYCtcqVlSMaFU7aqVNEZEowx"
    "m2OSbswMaM7yMKuiXzKtRWyov1OM1Gln6NEur2LbD3HkyoYw7djkMJposkPhUz7eJUu8ni"
    "KDy0Xngax8yxVuBCnEpzYV0u7CngXG8tdr9CIuXdSXErzaoPXhLlb2ihWHYpfhwkZpZB5x"
    "vLv4czvTBWfQ+WY9Aa6hMunC99GolVKhAQvxtxT/Hv3V303vdb3/fjN7s2nYHMp2llOM2W"
    "fe0ij9nUdAyVklPaX+YgVzyP9EApOpl1q/xKPko/iQ/2Qt3rCPxfmIFH5GQkAK872fPXQm"
    "JerIjc1Sm1zTjh2tpvtbdAJzNpVn6GBLhPZtOU+IiBvSSuM9qt237v/Tsgjg3rnny+vRz0"
    "36l7CSh5kpXhQZk43Fku/qkgmpdHWdltGCfTt9wS7Zv2GjouGuFvlTgUktR5a6zIn7cl2P"
    "M2mztv12TO2yRvtPFeB7PRhowbT9DGq9jwmcQb4EnNPO4bBdyHSzyCkXPntshrmEWtvYer"
    "eQ9d9CSkcdU1H6fSi71wsQdgDRcV81MTZM2L2+3bbkvzSAhWVi24mqZsHp+2YropJabilb"
    "o4zbZ0Ux3P0570GrJHe9J35knPOKc2gO0nhl7gCVUW1/jZXKsIBZoOlWc+HZ/wetqF0Qk1"
    "pkpoQugBMiEWBhGEA3DJGaBzwXUZOoDAmxJwSn8CDw/+ljtQAx4eAIMLBuYTP4UWZ6YBb+"
    "lbMnNwZ/6yDQ4ZnX7bSPHSLghjaDdVHQzJ+upkWmMG6pisxJoIgdaV//G6ch1VuqqqcqAp"
    "1EZPrqUBEtn3ddKSbwiSojw3lyfWX6gxUyJUSDG0YlKPjcmjp43KsqvyopiJ/OQbVX1PTv"
    "ZDqYyeNWZao8qrVndfkoQoUnedmetQtnJeSYS8zoK99Uf/9vLDf4z+de/y6h14Qi4eLQw0"
    "hdi+J7d9SfV77+7u882tyj9hiBuOWD1iS1nJPVeK3RWKhpQr+6HTT15C+om2HetgO+p6zN"
    "u/AsKq3/9gOoheGtzaWdf/VK9HgXFdOwuwjmZ1TQ3AwJ2RYftFPB35Zp/vLSgfKQniFrG6"
    "52NXFgkZLtQVDFnTHCChmS6AKhaPrKDmOacAkoX3Yg9VoSQzSrLZb5BFVgay7LpMOmMAuv"
    "Jfed6wtjIg5ZyRsuzKAIU2R66qqjINy6JAIG9my5osAWb3hMiH8KfWlqi2RPX9kV0kIakK"
    "Jpmv5/mgKiXlo2xs9CU9LxjplA0pOxL7YsZHZ9Ph8XJn+J+L9kZmVcOC8icD9C0nXbiB5U"
    "82U3vj6ubjz+Uqb2BmOLOhjc007ueU2gjmlEOJ0SWAHwrCbW2VZctusT+/ubmKYX9+mQT3"
    "0/V5//ZVRzFCDMKe5pfOy2aIc/EUlYrPRGn2XnvGwmaTas94yTR5txVyryokyXZ3TaGzLV"
    "Gx4ReFCaxsZBZdBSl4/VqatDH3QDb3JjZiOVRMXhneNKEGN+P6jC57pMse/WPDCrrsUR24"
    "oHJ6K3nHoxTaPb4z97iCXfvHn/GPRxdnzEF+278b3F5eDIo85FHFJ16IOyGffeoPv90iG+"
    "Y4B7Jrf78w504e7HH7JlaDaXWoohWfGolTeBtkDZCW106aAtE241J3iDHvOVNxqaCrXRSX"
    "Yt6gknGpG4IAE4cxsn7EBFhCUzdROraUOcorwu+z1Is1kZlaLqp6mItGLmITL/2QvQvzEQ"
    "maIybv4IAxpVZbVdV/eHApV7MwMc0jQg6Tk38JZ28DmT0AIP8qBrxCDjUngCHBGou99sr9"
    "U4a8Mf577uV3jcWvV28cxtTSYSYdZvI4Ga6qaoZsnK4xzq1d1+AIdnoVZ2+MaO/e3oZVGt"
    "dvB6rN24FSSWBCSchyY+bHxONUzePS9qpzaPdaHQqTrZBXmqTTnND507WHWJci2xnEeWWu"
    "Cl9S2fw6V3V7r7FOeq+P+ayT3huZ9K5Az/AsBszIdyvKH1Q2150AaKosiows9Xifdsdpd1"
    "xL3cGtYuIuCRqZjVzmQqsYVWDepi6lKsCqJ37HyBp3c/ioW+Y1imJUngJ0uIG8bzV9Okm/"
    "ym7QlyD0JYjGXoKAT0JquMbMrSQg4lTNs9y28gbYoNpF9RITKcoGbpBOt8zbZMSo7A0iO9"
    "bTo9TUqXsqQhHHTxni4rl7KiHdDu+pBLL+xV5TkcBZU5wVNn4O74BMXwuqgLengKpSPbiy"
    "qzSTWHtMn4/A2HSMySohmCihBvo51/SLuUnRrPQTHeqtw/rXNyn2xYWUZ79McrnOl66ULz"
    "3Bjs6ZLoApo2Tq6lAlK7U2ErA5EcdetOTQ6ng1750niVICYf776iBFUu2bAtI244o9YWWZ"
    "k1ZGZNHvaRfFFmE45rngYj4Mmw4l5ungmbHEDO3bt17qGwzZyN3w/KieMLyzDZx8t22EpI"
    "EexK0EM+SmqoCwP7yB6HZKucQ7BS7xTtolLr6RZ6Zf/3p38zHHUAxJkvYJNjn4n6qF9wLR"
    "LgBXghFz+KVuJSSvH0hwKONjV82iJjivZppsXph9/z98pXuY"
)
