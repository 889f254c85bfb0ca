from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE TABLE IF NOT EXISTS `collections` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `sibling_of` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `name` VARCHAR(255) NOT NULL,
    `name_hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `description` LONGTEXT,
    `position` INT NOT NULL,
    `endpoint_count` INT NOT NULL,
    `revision` BIGINT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,
    `parent_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    UNIQUE KEY `uid_collections_sibling_8d97d6` (`sibling_of`, `name_hash`),
    CONSTRAINT `fk_collecti_collecti_9a1f2642` FOREIGN KEY (`parent_id`) REFERENCES `collections` (`id`) ON DELETE CASCADE,
    CONSTRAINT `fk_collecti_projects_24510005` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
    KEY `idx_collections_parent__e9cbf0` (`parent_id`),
    KEY `idx_collections_sibling_406db6` (`sibling_of`, `position`),
    KEY `idx_collections_project_2eda96` (`project_id`, `position`, `id`),
    KEY `idx_collections_project_942d67` (`project_id`, `revision`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `endpoints` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `name` VARCHAR(255) NOT NULL,
    `name_key` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `method` VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `url` VARCHAR(2000) NOT NULL,
    `url_key` VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `description` LONGTEXT,
    `position` INT NOT NULL,
    `headers` MEDIUMTEXT NOT NULL,
    `params` MEDIUMTEXT,
    `body` MEDIUMTEXT,
    `body_type` VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin,
    `auth` MEDIUMTEXT,
    `examples` MEDIUMTEXT,
    `purpose` LONGTEXT,
    `request_params` MEDIUMTEXT,
    `response_schema` MEDIUMTEXT,
    `header_docs` MEDIUMTEXT,
    `revision` BIGINT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,
    `collection_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    CONSTRAINT `fk_endpoint_collecti_9a923ae5` FOREIGN KEY (`collection_id`) REFERENCES `collections` (`id`) ON DELETE CASCADE,
    CONSTRAINT `fk_endpoint_projects_f93a8ab9` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
    KEY `idx_endpoints_collect_6a378b` (`collection_id`, `position`, `id`),
    KEY `idx_endpoints_collect_e6f6f4` (`collection_id`, `method`, `position`, `id`),
    KEY `idx_endpoints_project_e82598` (`project_id`, `id`),
    KEY `idx_endpoints_project_8795f7` (`project_id`, `method`, `id`),
    KEY `idx_endpoints_project_e5b18f` (`project_id`, `revision`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `flows` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `name` VARCHAR(255) NOT NULL,
    `name_key` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `description` LONGTEXT,
    `flow_data` MEDIUMTEXT NOT NULL,
    `flow_inputs` MEDIUMTEXT NOT NULL,
    `is_active` BOOL NOT NULL,
    `revision` BIGINT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `updated_at` DATETIME(3) NOT NULL,
    `collection_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    CONSTRAINT `fk_flows_collecti_47a65594` FOREIGN KEY (`collection_id`) REFERENCES `collections` (`id`) ON DELETE SET NULL,
    CONSTRAINT `fk_flows_projects_5e7ff4cb` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
    KEY `idx_flows_collect_3d67d8` (`collection_id`),
    KEY `idx_flows_project_954ee1` (`project_id`, `name_key`, `id`),
    KEY `idx_flows_project_ac8d38` (`project_id`, `is_active`, `name_key`, `id`),
    KEY `idx_flows_project_45f26e` (`project_id`, `revision`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `invitations` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `email` VARCHAR(254) NOT NULL,
    `email_key` VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `generation` INT NOT NULL,
    `created_at` DATETIME(3) NOT NULL,
    `expires_at` DATETIME(3) NOT NULL,
    `invited_by_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    UNIQUE KEY `uid_invitations_project_9aa585` (`project_id`, `email_key`),
    CONSTRAINT `fk_invitati_users_ba8ad679` FOREIGN KEY (`invited_by_id`) REFERENCES `users` (`id`) ON DELETE SET NULL,
    CONSTRAINT `fk_invitati_projects_c6d016af` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
    KEY `idx_invitations_email_k_b96a1c` (`email_key`),
    KEY `idx_invitations_expires_d2381d` (`expires_at`),
    KEY `idx_invitations_invited_ee0d0b` (`invited_by_id`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `idempotency` (
    `key` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `body_hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `is_committed` BOOL NOT NULL,
    `leased_until` DATETIME(3) NOT NULL,
    `status` INT,
    `answer` LONGBLOB,
    `expires_at` DATETIME(3) NOT NULL,
    KEY `idx_idempotency_expires_251558` (`expires_at`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `mails` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `kind` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `recipient` VARCHAR(254) NOT NULL,
    `facts` MEDIUMTEXT NOT NULL,
    `attempts` INT NOT NULL,
    `due_at` DATETIME(3),
    `last_error` VARCHAR(500),
    `created_at` DATETIME(3) NOT NULL,
    KEY `idx_mails_due_at_033953` (`due_at`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE IF NOT EXISTS `audit_chains` (
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `head_number` BIGINT,
    `head_hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
    `anchor_number` BIGINT,
    `anchor_hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND index_name = 'idx_audit_log_project_1515e1') = 0, 'CREATE INDEX `idx_audit_log_project_1515e1` ON `audit_log` (`project_id`, `at`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'environments' AND index_name = 'idx_environment_project_8b5af2') = 0, 'CREATE INDEX `idx_environment_project_8b5af2` ON `environments` (`project_id`, `revision`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND column_name = 'number') = 0, 'ALTER TABLE `audit_log` ADD COLUMN `number` BIGINT', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND column_name = 'hash') = 0, 'ALTER TABLE `audit_log` ADD COLUMN `hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND index_name = 'idx_audit_log_project_a7e5bc') = 0, 'CREATE INDEX `idx_audit_log_project_a7e5bc` ON `audit_log` (`project_id`, `number`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'projects' AND column_name = 'audit_number') = 0, 'ALTER TABLE `projects` ADD COLUMN `audit_number` BIGINT', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'projects' AND column_name = 'audit_hash') = 0, 'ALTER TABLE `projects` ADD COLUMN `audit_hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztXWtz2zbW/isYfWk6o3ps2U6cZGdnnNTZuo3jHdvdbifOSBAJSagpgEtQVjR989/fA4"
    "AU7zSpK83gS2KROCD5HFzOHX93ptwmjjg4930ydf3OG/R3h+EpgT/St7qog103uiEv+Hjo"
    "qLZYN1IX8VD4HrZkZyPsCAKXbCIsj7o+5Uy2/oXPER/5hCHBp8SfUDZG4xn2bGKjORbI96"
    "j8i8o7iPoC/mQ2n3eRmGAP7gwXCDsOmnPvgXjiQD7U5hY8FTraUv8zRv83I32fj6E/4sFT"
    "Pn+By0BHvhIR/nQf+iNKHDuB4wNZyB7Ujb6/cNXFc2FR+kG1lW8/7FvcmU1ZrL278CecLQ"
    "ng6+TVMWHEwz6xY+iymeMEjAgv6deFC743I8v3tKMLNhnhmSN5JKn1K0TXOv3+p+u7/u3F"
    "Xb/fyfAvpIhBHlyyOJO8p8wXCoIp/tp3CBv7E/j58uSbfk6EhG4lH/if85v3v5zfvHh58q"
    "N84HQh/uekriP5x/n7u4sbBC+GsEQQvb/++PH87kL/6g8pk9Qchp8el58C+p7q+Jt6Aexj"
    "/QqKbRGfLD5jfpZTl8zP59OyfYpTVF+ty6nwQsSqaPaEfDncFqPG8g1+6h2dvDo5O355cg"
    "ZN1Fsur7wq4d3lpzsFbQQl+epSj4g+zsHzjk5JPqBJqhSqwDbiA+lB+MdmMN7ldKgw/HvH"
    "yeH/M4ztu8urixfHcvTKJWb0EBu88sIQWw9zWNv6mTu8x4vaZm9Ne9P0FczwWIEkP0e+fL"
    "gjzGzqv5/Ad+XuF9Hd8i1DtutbsmHFbeNuQhBhtoC1HWHkevwvYvk/CKT6UBdll9BEru+i"
    "i+awUBM0GAQtxWCALMwY95FPYHmHdXya3Tu28ZB7ds8GgwnBdp/NpkPiQSPMbBRcm2AxkV"
    "egH2iOHCx0/wt4LHTP1NWgf7V/AZYEBv1b2Stm1oR76X6Dq0HPMJEEke+e7B5+Yh950BWT"
    "EMNfU/5I7AP06fePH/WH3TPVBvpB8pMmwE6Ycva6W2LwMX1q56y3dv7qkKRp3e54/LJkeV"
    "Brw/HL5NoQXlxvX5S9lu+LsXGb5dY7Oi7cIFOEK22TAUNq7ZLb5JneKF/3esfHr3qHxy/P"
    "Tk9evTo9O1zumNlbZVvnu8t/yd0zwZvsdrpcJWrJkQmqleZL08BvoDgZMSmxENebKBlSM1"
    "VWnSqxja/WZEnRmemyjenSJPn1QkpAhfKrvltBfnX4uJrw+seEI5vaIFaBPOVz+J9aE6Rs"
    "EyBEetSX5gqqZT3oignoTQplSv6ShNTPCqub6FQKp39QGO4zH424R+iYoQeyEG9AlAzkRL"
    "jl0EciEoKoFDTVb+IJzg5A6PTIIxXQPUicVLW9Z5H8HN7Uz5aEIFGzMUFTbANc8+ANxtgV"
    "b2MCaMyCIyVfzpwFcjh/IDbC8t0Hg6XkS4P3c7BFwo9Oy+8vjrqo10X3s95hDySnQAjXUr"
    "IC8S8O6gjAItH0lSoAANyzIZHQBC8G7ymovexcqG4oC3UCNPL4FGkK2Qf8O5f/aFWnSHT+"
    "nBJwQ7w6X1JC9ecOMBGWKt0MdGW4nybOvxrsL18KxfI64vhuxfDOP0YzpsfuGAuBXVhtYC"
    "0ARe0gmLZ67h8wMoev/WfnO5fZ6xle9mpwKWGt5XDr4YDx+db4ubZJJiF7qHmp8KsleiTI"
    "NjOjGiV6HJVNkxDmo5f5osfRupPl6GU+n+osdnGK9omG+17GIs74sLGzWpyJUxjObI8ze7"
    "LYGe5U4s5SWMzwpszsEKcyFoeVLQ5Kdqm74+fD3obdvgmGhuTcEHzmWaS+YJahbCG3jnsV"
    "uHXcy+cWXF9zJesVcqvORpMiMjvNNneaAGp1IcOh9xPsPcGjkLB9XOqdnlbRJ09PfyzCW9"
    "1LAm4TH1NtekxC/avgLB/qGEkKZD6UAtnzw7kE1ruL/6oteiqCkR+i+eLq/L/JOXF18fPl"
    "71chQQz/9x+v32XGOXy4yJd3S7eMOFn7hvhR76yKLt87K1Dm4caa2rzsOskq6tZikW7ePt"
    "acVFl8Tk7zGQPX1+PLSWbhWsURajygGwgWqB0nYHyeW1RFGuLzfM8dh1gBnBmfZ+xut8zn"
    "aS3bVQzZO0cj7tjEk8FnhNkul4xS/jK4MJp50vuFYr1mXZy1e9DBdoIOHeihz0cxzyD2CJ"
    "O+QGp3EfdSDsLAK+lztxv4BSVIUQgdQbe/nP/UO30JD5ZhcUS/mI1ksy4SPPJsSrfMEAuC"
    "HghxhWogkJ4iCE85G6Pg9QR6IT2KQsX+2VT4lFk+ovAFWPptYQr9eIBuw7ayEfcACx2iPh"
    "i4XFBfOVy78rlMBa6PifTFhlD1VZSyDEqU/wde2QhHm3rw9c4CqUB47cgU8NquL/uKeWnV"
    "t2HHJ56IAidz3ZgR8srnGGKY48dMtgw/JuG5TNzoKq9j+nbSUWr8mi1QN4v9mskhU42jqW"
    "HWQhtOY6wDdY0Ca9kCms2UrRgDotW0joCXoGoh1E0Q85Imm+ijMny6I18LlJ8UWRvE8c3Y"
    "bT5ef/pXNatNXFSomMUVJzGJXJlEroQYWQPWLKEBNw3unry2TcR0xzYSyyMSn5r5iUmq3Y"
    "TLZTnRnni5mWuvwIUkleHCulzQVpF6gT1xki3JKd9vJt7eg66aLe3vlz0Zc26GW1lWfdBZ"
    "Fb+RhWLZJXwcZlae4hvYfP4d9fTMWPUtHI7h1Wgme3i+NM2lRikgoFOaFbfOb9+f/3zRyV"
    "mkNgBt0tL9rFapytjGV+d8aIt9EDEZaUIdG3rKkU4Dyg+/3RAHFyhP28G7EYM5V0PKidCo"
    "g9NF0E2L5nwCppHD52tC9AG6aNEg2qa3bzmacnx98ZFW7OlLDOsqfj6BH4mNgviXPDdeso"
    "H00slSG7/eXn9CWnoRaMIdW1/xyVc/8qmB3mUL5IKcrTLzJh6fjScHoYfugSyWdS9mnhP+"
    "lsUrVEofRoJgz5qovEHogVWsXvE55u4s8kMlW8hMRW5X8FnlXIpojY+r/WJkt8THZZwoO3"
    "Ci5BZl+6Ac+iVOlI2WZnvGSGe8KPJGal7M/NHZdHiynBnB77K5kcOsaFms7O6KrcIt5NNh"
    "FTYdFnDpcM3FS3acsuF5Tp21KmjeSsYcVmPN4WHxYqVuZgCuv1jFiAzUefPgMDMTVlmuct"
    "hlfL/G9/sE5s/FPSnrhxGvIPOkeCjHyHa39nT+/rYHZ8uWck9c7OFpbdwjKrN6rIL6kNs5"
    "u2w55iGNQXxVxOtn5Sao2gB8Urg5rSLanBYINqfrCvinGYEGz/ycaMPyaRHStIE7u58W5C"
    "ueug6pvQHE6QzyK228Mw9EwpzlqGTXjUgM5vWF9jBfdjWRJ0tteLBasrNw4R1IX1gTMsX1"
    "2ZAhN3xYhQ9aderLV1tN61qSGvxXmwcmINcE5NblRHtCQU1AbhO4EMUU1Ar8zJC10PK/b6"
    "e9Cc1tMHtMaO5eQnOTIVC7DM99rghnVuq6QbrbDR18pB5nU1IUPRjd7pYHEC4bVo4hlM+y"
    "kSC+rO3xiD0qO8utCVLQUkYVni9//yCgBciIPlxxZmRZ2YIwy1u4MKxk1YvBYEk+GATFQ+"
    "KFP4LaIVHtD5Qq/SHjEIOhpKuNyChGkSouQm1dYUPcs6AtigGkghfV0QLBsQVchiSKgqIi"
    "2JGxtIgzuBb0BU2mPAi7LDtbQN4vq8hhQg7buz12kQk5rMCko0qxJUclUTxH2agQU7fh2d"
    "dtKJ4MLYzdSbskq/kki6fEaXZKLHfdfEtnPtQJolVrm65rXhjOqOPLk3wcKvx9mBS2ZP2M"
    "hJjq23qSZiND35zJ2ZwC/8YybSzTjbCJGst0E7hgjJ6N2ySM0XNnRs/92ONU1nOOIS7Mhi"
    "62wC1Trp82vd3oQBqZHCtP/VRFZvWZnPpUTNWVPtdSmp2CszEZ+ZqT6btGX9r6Jhv0palC"
    "W9+W+cChcUxMsKsO+NSnnVJfnQwanHb6BgmfuELV92WAiS4VTOwxKTx5s8wKFs/6y8vjFX"
    "15ls8jqdDWGNRatvR2jUGtUraWyeFtJNK7y+E1OXH7Cq9dbqX5RrZi7BOErZgqu7enKQwp"
    "c2d5tYEqwB+R7jCP7vOX9hg0E9JZymrGuUNwgZU5QZfCfgiE2wI/lLp2C/676+uPCfDfXa"
    "ax/f3q3cXNiyPFCWhE/QJbmbFSGivl92wfM1bKJnBhr/GzzSoZ2Sx12RiSG8weY0j+zqJn"
    "m7VSbSZ2Vo5+GUe5L2P9pU2mLvcJsxadHJt9/Ha3zHRPUw0rxM4GubDa0I5lXGvsaT/9Ft"
    "bI7CIOQ0gazWU0LOzprCvDUuGWmBMvL9R2Mx1r074uzZkNqZ1POKxTD8RGI+5pN8GMyUP/"
    "tIkfyLrwXFX5YXkeH/bDYFx5/UB2r5+ln7AM8u0iQeWbYRa8C5riBbKw5y0QRj4HEUeG8I"
    "LSZ/HpVDoRbN2DjC7WLod7BvAzgbV4FDw1fjCedEBMsU3ewmv71IHuQLsUINOpn9Cd4FMi"
    "XxPNufcgY3cBm4r+iEJvQa75sySccKOGzwZF6TQjjLDYF7ActrW4laBqobTTDK4ljEXL+V"
    "/fXpQg3aHJaHnl2dqM4gtlHa05TbcvvXk/Juv6WjHIjv4sxxBdaJaLCFp0FvfGiuNpUSLP"
    "0Mmwt8hHNKJJrxALX4c0Py9MyxYIaY2PLxAwYN9dfjq/+TPfnRW2d7nwx57qqPPuz7uL80"
    "xtJJfC7ZoWtiTVblaKPShPqy8UGeV/T+oTe6Q+Dr4+qz1Fd8uVp2W7qomHUqYfgWLgc/QX"
    "l2FLYeZeV14C5YQ8wl0QxrS0T36aYhDysW3DoMpLT1yvP6kqXYLm5FD2IPUQ0IOoPDpBhU"
    "xJzYPaKqhJ/jkYBCOV6lPAtb409mSIFRaBNuZBkzmxD9Cl+jnmDDSamLaGLYtoTckmFjwV"
    "niW1MND3bNC9C49LSEQ3EfkJKrYinVVoop1aYR8s03AU87PMLA53WhK0ULHpnVbRbKBVSb"
    "xTRjuJplcG5bKApwTZtrDeo0OjUjX846Jy+MfZevgrBDwdZ4viR2tyDXk7SbQ7R/jRM5G4"
    "jYu7CWqkEcC3DrGSX2HIDhe1/KMZMuO/Nv7r74c9xn+9F/91tOpsAN7fBXl+a1RVZDPrc6"
    "M811dSIcsxulwFilqxuUWqGJUrPClDR+Ayld5hn6MhQYIwvxtmcIVpXimXq3IKB/aKIZ/l"
    "HjG5wd4DfzUMqcFAlXkSypvtk6nrwMgMjpscQQ9CHzaJqK1zzXRj6cem8FimTD04KET1Rh"
    "l1hD6cUjqMIyONfEtVSmpGQEzSHuj5BF5YJsh5C5Ug19VFopTpZkwf4ebMfbu0J0EPtupt"
    "yh+JuGcKCHgPOTjQiHoidqIm48obDbwkyOZEdNWr6+GovfMen+sHyR8KWJicodlqfee1Mf"
    "48p821W2L8kXOklmc7JGijCNSrZI8oMkesy6tetmyIRV2ae3J6sXEuQdRCJm3FQKd2gizK"
    "xaWMlgR7L2NkU6tNZYywLzfpPGYUmt7iJK3JQNmY4U1LJHXMPRHFBkw9K0j77TG3OVj4fe"
    "J5PCfUoHgFT1K1IXF2BwXpjH35O48+uLLcOxkN3MlTg8N73VJV2HL7KqC4sj7sEg/eR5YA"
    "VnRKbZRVUQIzzFv44SyU5hlGSwdFjPPU3/U6q1kZJTbwTUGTjekPjdXyTEGT7RY0ERZ3Cw"
    "C+YLNpxoCaDNUMiZuMdufm4vznNwiWDfue/XFzeXfxRhnlSHolq8KDswocOCvE/yyNvlov"
    "68foJ8lMYkXq+qZD9F2PjOjXWhyKSJo8NVbkz+sK7Hmdz53XazLntZGemyI9Z9TFR+zQVe"
    "oQ5BLvRIFvStR6fcADuGQ6qsVneXbWssonedStsT/tuAKKRx5hN6475pNUZrCXDvYQrJqB"
    "SRmy9hmk9q23ZXkEG6uod4xFlrJ9fNqK6qaEGO7VKzaToGlhZHZjJoQJ1Wsce0yo3n5Kze"
    "g1ZwPYVozTa9gKVbnETGJtblIt+CsyHSrLfNY/oe90S70Tqk0d14TgKl5umb4oMwgF4nPg"
    "uoqUQ7pL5HP+Fg0GwZQ7UA1k0RO8EKq0iwo5o7kHOW7pKbnpirNg2IaLjMlUbOX20i1xYx"
    "gzVRMUyebKZEZiRmqZrMWaGIGRlb97WbmJIl1dUTmUFBojJzdSAYnN+yZJydeMyK28MJYn"
    "cb9UYuYMREhoWjOoRxXu0GkoQbU/iwTBNyr1RHb2Q6WInjV6MrkZRtztuDPP5WLluJIYeZ"
    "M39s5/Lm4uP/zZv7g6v/z4Bj0Sj44WfVX74p7dXEiqf5/f3v5xfaPiTwTx+y6MHphSdnrO"
    "bTrJo1qahgk/eQ7hJ0Z3bILuaApQbB3imah/hoUwTvTK4DZOu/5erR4lynXjNMAmqtUNVQ"
    "BDc0aO7hezdBSrfYG1oLqnJPRbDAbhWVaDQVCEcbhQKRiqeL7M0l8gPLNlHYhl/XiOMIOx"
    "A/yQXhCan9mx2SfI4gZ3soS9DDpT1QiQXm9EVymQss90iXvs+MRTpQGmURkBDBqqUHX4Q8"
    "zuma54oLuWL6zepg+6xlC5a3ThBH0xqOUvnw+TR5CwtL6MRESEybIHcEUmrMCb0MJClEav"
    "bePi3C3Ra002ijlet+FIm+N1GyWob+V4XSr67mzoUCuL+1MHRkR05rSIGqdFCOL78Ba1Km"
    "3EaUyxjc0W29ChOUW5D4WJD2kyU+02U+02OuesLrh5pK3JKtkYwCBbuxw6rw1vltCAaw6C"
    "LsR0x2lQcW27Hvppyhad+rMXHtR25yXJ2iCPG3+e8eeZM9OfAxdUMH0tt1ScwvilduaXUr"
    "Abx9QTjqn44Ex4pm4ubu9uLt/flbmm8pSwHIPDu4D4w283xCk6t2WVg7mbZgUtAj1XnVoT"
    "qIugm/bC9Eg9zqZkA0gte2orWCOHz9dE6QN00VZ4Uuccrg5S8mDFNkKVLMy4OlLxMpCtxC"
    "lKEV0DpGUualsg2mawyi0RouDA0/BWtyxYRehGFYNVrhlBAgRFYv9EGbLJI7VINuAkt5U+"
    "ESN+3CjSxiJ9MoZHRh4RE52TIN5ESQry7FERHDzK7W4QAOLxYOmCbh4IcYXs/HPUexfJkE"
    "KE/S/Q4AVxuTWRZ2hwZosfdZiIjBdRbWTkS3Cqxxi+nsicYsptEy1iokWePo6xzCLa0hMZ"
    "d12YixcKKcU+2wTR3p22MsitRU5b6tayS+vm7bNHn1QJ5zkpiOY5yQTz1Fy2TjJxPCqaFo"
    "SEeqe1JKnax6Xtlewypv8mVCtdIdkkTWc4YZKqGg+xqU+6M4iLal+WyDjfQ/HLph1OZzLh"
    "mqM+m0y4VmbCKdBzLIshM4rNivKDqibAMYQtFQyZk7qWvGfMccYc11GFOeqouEuCViYVbe"
    "EwUgVY/fytBFnryokc96ocGgitigSgww2kb6nus7l2dWaDyWU0uYytzWXEj7BreP2ZV2uD"
    "SFK1T3PbynmnYQms+oHqGcoWTpCjXpUj5qBV/gSRN9aTo1TXmXRTEMTpY8528VS6aUS3w3"
    "TTcK9/ttmmEjh7SvPcxk/hHZKZ7N4aeGsBVNXvo7VNpbnExmL6tAfG4WPKVnHBxAkN0E+Z"
    "pp9NQmS7wk+Mq7cJ499kee2LCxnLfpXEl/2EljdzAzCR5RuMLJ9Q10SXl8CUU3F+dajShe"
    "5bCdicwQYRr9i4Ol7tOzIuVTspyhRYHaRYUkJbQNqmB/Yc9FFr0snxwQZ3umVeWBy1ecoN"
    "WwzDpp2uRdpKrtc1R08Jtvnmuo02Ugyn2P/5CPtgripYbOCOkbTQ1roVt4+cVDUQDpq3EN"
    "2jSs6DoxLnwVHWeQBP9HMD1X+9vf5UoFJHJGlNjlo++j9VSvgZol0CrgQjYRrN5G+kEzUk"
    "OFz4Y0/1ojp4V0+J2/xm9u3/AfTSqGE="
)
