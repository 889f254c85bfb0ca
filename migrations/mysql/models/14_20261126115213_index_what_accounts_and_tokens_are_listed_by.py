from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'users' AND index_name = 'idx_users_name_ke_13f530') = 0, 'CREATE INDEX `idx_users_name_ke_13f530` ON `users` (`name_key`, `id`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'users' AND index_name = 'idx_users_is_acti_805c22') = 0, 'CREATE INDEX `idx_users_is_acti_805c22` ON `users` (`is_active`, `name_key`, `id`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'users' AND index_name = 'idx_users_is_admi_032b51') = 0, 'CREATE INDEX `idx_users_is_admi_032b51` ON `users` (`is_admin`, `name_key`, `id`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'users' AND index_name = 'idx_users_created_eeb5e9') = 0, 'CREATE INDEX `idx_users_created_eeb5e9` ON `users` (`created_at`, `id`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'users' AND index_name = 'idx_users_last_lo_d82a8f') = 0, 'CREATE INDEX `idx_users_last_lo_d82a8f` ON `users` (`last_login_at`, `id`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'invitations' AND index_name = 'idx_invitations_project_8885ee') = 0, 'CREATE INDEX `idx_invitations_project_8885ee` ON `invitations` (`project_id`, `created_at`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'mcp_tokens' AND index_name = 'idx_mcp_tokens_project_dc3e6a') = 0, 'CREATE INDEX `idx_mcp_tokens_project_dc3e6a` ON `mcp_tokens` (`project_id`, `revoked_at`, `created_at`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'mcp_tokens' AND index_name = 'idx_mcp_tokens_creator_12d4bd') = 0, 'CREATE INDEX `idx_mcp_tokens_creator_12d4bd` ON `mcp_tokens` (`creator_id`, `created_at`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'mcp_tokens' AND index_name = 'idx_mcp_tokens_creator_19ddf2') = 0, 'CREATE INDEX `idx_mcp_tokens_creator_19ddf2` ON `mcp_tokens` (`creator_id`, `revoked_at`, `created_at`)', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztXelz3Day/1dQ+hKnaqLSaTvOq1clOfKuEtvakpXNblmpGQyJmcGKQ3AJjuTZffnfXz"
    "fA+zI5J0Xji60h0SDZjaOPH7r/ezAXNnPk4UUQsLkXHLwh/z1w6ZzBH/lbA3JAPS+5gRcC"
    "OnZUW6obqYt0LAOfWtjZhDqSwSWbScvnXsCFi63/Kp6ImATMJVLMWTDj7pRMF9S3mU2eqC"
    "SBz/EvjncIDyT86driaUDkjPpwZ7wk1HHIk/AfmC8P8aG2sOCp0NGW+l+4/N8LNgzEFPpj"
    "Pjzl8x9wGejYFyajn97DcMKZY2f4+MCW2IO6MQyWnrp4IS3O36m2+PbjoSWcxdxNtfeWwU"
    "y4MQF8HV6dMpf5NGB2irvuwnFCQUSX9OvChcBfsPg97eSCzSZ04aCMkFq/QnLtYDj8eHM3"
    "/HR1NxweFOQXUaRYHl6yhIuy524gFQvm9MvQYe40mMHPl2d/6ucknNCt8IF/v7h9+9eL2x"
    "cvz77HB86X8t9O7jrBPy7e3l3dEngxQpGD5O3N+/cXd1f613DMXaQWMPz0uPwY0p+ojv9U"
    "L0ADql9BiS2RkyUWblCU1LUblMspbp+TFNdX20oqupCIKpk9kVyOtiWoKb7BDyfHZ6/OXp"
    "++PHsNTdRbxlde1cju+uOdYm3CSvbF4z6TQ1rCzzs+Z+UMzVLluApiYwGQHkZ/bIbHu5wO"
    "DYb/yWl2+P8MY/vu+sPVi1McvbjETB5SgxcvjKn18ARr27BwR5yIqrbFW/OTef4KdelUMQ"
    "k/B18+2hEWNg/ezuC7SveL5G79loHthhY2bLht3M0YYa4tYW0nlHi++Bezgu8kUX2oi9gl"
    "NMH1XQ7IEyzUjIxGYUs5GhGLuq4ISMBgeYd1fF7cO7bxkHv33h2NZozaQ3cxHzMfGlHXJu"
    "G1GZUzvAL9QHPiUKn7X8JjoXtXXQ37V/sX8JLBoP8Je6WuNRN+vt/watgzTCTJ8N2z3cNP"
    "GhAfunKRxfDXXDwy+5B8/O39e/1h965qA/0Q/KQZiBOmnL3ulhh+zJDbJeutXb46ZGl6tz"
    "uevqxZHtTacPoyuzZEF9fbF7HX+n0xNW6L0rrk08oNMke40jYZCqTVLrlNmemN8seTk9PT"
    "VydHpy9fn5+9enX++ijeMYu36rbOy+u/4O6ZkU1xO41XiVZ6ZIZqpfnSNeZ3UJ1MhJRZiN"
    "tNlAKpmSqrTpXUxtdqsuTozHTZxnTpkv56hRpQpf6q7zbQXx0xbaa8/j4TxOY2qFWgTwUC"
    "/ufWjCjfBCiRPg/QXcG1rgdduRJ6Q6VM6V9IyIOisrqJTlE5/Z3DcF8EZCJ8xqcueWBL+Q"
    "ZUyVBPhFsOf2Qyo4iioql+M18K9xCUTp89cgndg8bJVdt7N9Gfo5v62UgIGrU7ZWRObWDX"
    "U/gGU+rJn1IKaMqDg5qvcJ0lcYR4YDah+O6jUaz58vD9HGqx6KPz+vuL4wE5GZD7xcnRCW"
    "hOoRKutWTFxH8JMEeALcjNQJkCwIB7d8yQNeGLwXtKbsedS9UNdyObgEx8MSeaAvuAf5/w"
    "H23qVKnOn3MKbsSvgz9ySvXnAxAiLFW6GdjKcD93TQm56i5Y2GLhW0wvbqlG2edXXC10Xb"
    "hfeLX8dzV6fLgX/lFpQrQxHXZrMhz8z2Th6nk2pVJSD1ZGWLfAqDwMlxi9Th267Am+9n8P"
    "vnH7op2TaK/OoRrRWo6wHg5d8bQ1ea7tPsroSWqiRnOwuZqUIdvMjOqUmnRcN00iNh+/LF"
    "eTjtedLMcvy+XUZrFLU/RPjd33MpZIJgAlxG0lmTSFkcz2JLMn76KRTiPpxIptQTZ1LpI0"
    "lfGOrOwdidX3Njt+Odv7sNt3wSmSnRs546ixmAqUPZTW6UkDaZ2elEsLrq+5kp1USqvNRp"
    "MjMjvNNneakNXqQkFCb2fU/4qMIsL+Senk/LyJPXl+/n0Vv9W9LMNtFlCu3aRZVv8ihVvO"
    "6hRJjslijArZ8+NzDVvvrv6htui5DEd+xM0XHy7+kZ0TH65+vv7tQ0SQ4v/b9zeXhXEOHy"
    "7L9d3aLSNN1r8hfnzyuoktf/K6wpiHG2ta89h1VlTcayUi3bx/ojlrsvicnZcLBq6vJ5ez"
    "wsK1StDWRGs3AGxojWkw8dktmiIdic++FY7DrJCdhfhs6u6gLj5rxe0awgsvyEQ4NvMRKM"
    "dc2xMoKBXbgwuThY+ROpLqtRiObd2DBgbiBw4f2FLHMFUYkhLJqG/NVKxTEq7iq5KPHXjS"
    "UExS0U7qMxfjm9weEOHngp40QAAfI4HwBmGwUz0sxgUy8umvFz+cnL+M0IHqA2yCrQZEii"
    "Rai+GbMZWMPDDmSdVA3rt6LhE6F+6UhO8nyQsMk0oFaLS5DLhrBRgfpRiLhqn2/SF5p/ik"
    "eZNwCt5BuNE33bsKja+uKKg13h6NPCF5oILMA3wv7uuAL/In6miomiMQE/+XYRw3eojNfW"
    "COs7x3FfhfB28lfJYXIPA/FZlW306dAF9U4TjhGY/U5zjCJD5/NKKLYJYBc0JbDeW8d3/5"
    "dPORBOxLMIDPBsnzQB8tYI/MX+qQ9pg54gm75XI4hQ8djd7gK2Gkm8894QPFIA60a5tEYT"
    "E5cMcVZC58Vh1PToaLCqhGci8JKGdbRhzOhGUzNwYqpJq/nY1Ym6BtD2zp6qBtdsg0k2hu"
    "mPXQQdUZ10dbj8dajo5uC2Urno5oyy7yWO1sFRMgTbVnTu+JvQXNFW/kBv8imLyej8/i4R"
    "/+rpsAVRJqbV9kqHo4GbpgZWQ9hslHFeR0B7pTldcwQ9YHa3AzbsP3Nx//0sxpGCuy5d7a"
    "at5nCA3nV3HYotXQlu0RjeH4KhwPTbO2TE+RGb6vwvfQri3xrArhMFoRFEpR5dg+BrJe8f"
    "3y5uZ9hu+X13m2/vbh8ur2xbESAjTiQYUzNW2eNzzCniYxp9gLp9gz/qQWbC0SGubmmbsn"
    "GFgXebrjoIvlM+RPy+QMWard4O+LkugPAH/h2StIIUtlpLCuFHSooR1SOE2yJa3w201DsH"
    "cUd7f9N/sVTyE+XJBWmT9UHSn9lS2VyK7h46hrlen2YZzlb0lPz0xUf0bDMbqazGSfPsXh"
    "sNwoBQ7ofC5KWhef3l78fHVQskhtgLXZ0PmzWqUa8za9OpezthrUkNKRZtyxoacS7TSkfP"
    "frLXNohfG0HX53YjCXWkgljpU2fLoKu+nRnM+waeKIpzVZ9A666NEg2iZ8KB5NJeCh9Eir"
    "hg5lhnUT4JCkj8wmIaC2DBeUbYCwH8wzphAiWnuRZCYcm6QwIxH4BuwuWxIP9GyVlmDmi8"
    "V0dkgysCGNP1n4TvQb8SflQKJBmCRiwjHJGcJaEJMyGn1SzS5RfR+NGkBSNLAog0khX4Gk"
    "FHAnVmZ9LIOXZFtgJghhN2uboFFyMJUS5ErSr4G19F+LHZBqWIvBTRjcRMc5vTsIRbIsNs"
    "ZPpFboHsrpqImYjiqkdLTm4oUd51yIvlPiO6wMZobNeyGYXaMlQtWqatmqZXqvVq7NMB6b"
    "rrxklYjHwIj2NTFM0HnDcdE9IVVWiwP99889RHm2BFXxqE/nrfmeUJnVYxWuj4VdsqvW8z"
    "yiMRxflePt84tkqPrA+Kxqf95EtT+vUO3P11XtzwuqvUGI7npasC907q0Ah07TGc6vtPEu"
    "fFAJS5ajml03ITE8b6+0R5k/VlN5itRGBqulbZEevAMbSmvG5rS9GArkRg6rnw0Y4qutZn"
    "XFpIb/5oxAt88IGNS1QV1/y3hfg7rughQSpEYrdG+BrBcRlW5BIwz+usPiMfjrveCvs8Cy"
    "XWKwnyuHCyt1WyT2dvGhj9wX7pxVQUST24N6lGjcsDFQFJ9lE8lUMrM4k0IZYrSiJUJHL+"
    "Lf30loATpiAFecBYvzmDHX8pce5hvjbjZpWTrlXJgFLswkV50IDtGg4VDSuecQqipzqea4"
    "ehYP5L0btiUpBimEqiqeFRbmEggKlRUp5qiDgGmV+S3qC5rMRYitrauehffrUp0ZYGd/t8"
    "cBMcDOBkI6PmoS7IJWlcBOdc+kW+pZuqXqydBDnFQ+/Nss/ls9Jc6LU+IrGZbKWV2XXalx"
    "Rvx13QvjBXcCrFXpcBnsw6WwJU9zosQ039azNBsZ+qbqfHfKQhnPtPFMd8InajzTXZCCcX"
    "p2bpMwTs+dOT33449TR9tLHHHRkfdqD1x8rv7rrrdbDVqSYR0C4dvM11XndcEF1ZWu3I5u"
    "p7D6u8u+lBznXqMv7X3DBkN0VWjvW3zoO3KOyRn1VAl7fVQ7PH795PMgYO4bIgPmSVXtwQ"
    "WehEUU7CmrrC1f5wVLn60sOf3M5RArQD6yBm2NQ61nS+/AONSaCMmclO4mp3d3UtqcP9wX"
    "lDneSsudbNW8zxD2Yqrs3p+meMhdb1GWAKoB+xPSHZ5Z/PxHfxyaGe2sHXg2oVsNPrsS8y"
    "Oty+BnjZfywHgpn59/zHgpuyCFveJnu5UXtFvmsnEkd1g8xpH8jaFnu7VSbQY7i6MfcZT7"
    "ctZf22zuiYC51vKgxGefvj2oc93zXMMG2Nnw3LF2tFPEtaae9sOvKvGpwpKis9yivs+ZTc"
    "Qi0BV0uarELJ+YX4a23Vjf6OD/XTvqI28+fJgrqVY8QnBtusAw9jintkLZxkWgc4Dcp5mA"
    "Ve4BnjkRfpjZdeFipWkdIQA6rEasknTEtZ1pED0Or2P3+h31E2KI8IBIDnMOv1rfv3fndK"
    "k+ckkoCQRoSA0DC5Vu/1I/Zg0ucKMezA7BbbqBB6x26scDqJW0MlQ9VFu6IbVU7eWABosS"
    "j1ul/yEh2J33YZvS2XDKNb3slbl0XOovy1ma0OTdZ8tAgzefGVPrHDToeByk/GcwNi+vP1"
    "7c/rPccx+194QMpr7q6ODyn3dXF4WUOx6H2y2dCVmq3TgT9qAnru4pKNg5e9IU3Uce0PDr"
    "i4picrdeT4zbNT1jhUrWBDSjQJB/CURoRIeUBngJNCn2CHcxY71SkdgPc8odQm0bBlXZSa"
    "z1+kN98BrUQ4e7D6h2gc7GsRSAQoegbsZtpULin6NROFLhU0ajKFH/1Ec0iU6wDx340OSJ"
    "2YfkWv3EHBj3rkAFTt+nlsW0WmczC56Keqqv9FobzIxKTS4D5GD4CSqMXHuAKuVcNYiPTS"
    "kb+3ZhVSuHalQUhVkN+YgJeqgTnpw3UQqhVQ3mo6DYJfOuwOU60EeGbFu83qNTt1He9dOq"
    "xOunxczrK4A+Tovp15PFuoUqniXanTp+/Ex0cRPm60KAyWjmW2exUmxhyI6XrWJEBTITwz"
    "MxvG9HPCaGt5cYXrLqbIC9v0n2/NaoppwtrM+dit59QIOsxBvzITTUqv0waGI0znKjPCBh"
    "cAtjY4EgY0Ykc4NBdIqlIjimIluhI2MsFqW1FDfYuz6O8wBDajRSqW6kiuUFbO45MDLDuo"
    "oT6EHqqoqE2/q8jW48ET4QDIirfEA0TMbzRnl7pK7CiKG9xHuDb6nS6SwYqEk6Evc0gxfG"
    "Q0L+Uh0SGuhEOcqnM+WPcHPh/RQ7mqAHW/U2F49MYhVGPHEkfBwcZMJ9mSod6QoMzRCQJS"
    "O2YFJHK/Vw1DFGXzzpB+EPxViYnJE/i1em22ka9zPOn+e0uQ5qnD84R9qFcEOCPqpAJ438"
    "EVXuiHVldVJMnWBxj5eWCK92zmWIeiikrTjo1E5Q5HJ1OpeYYO+pXGxu9SmVCw1wky4TRq"
    "XrLU3SGxT+xhxvWiNp4+5JKDbg6llB2++Pu82hMhgy3xclIITqFTxL1YfDgztIymX8y984"
    "LOGD5d0hpPGgzAyO7g1qTWHLGypUZGN7WLVWxiLmg4jhA3hB2XTw/8INwPgCsy50ov8ETZ"
    "2lskYjHGiY3LXMJN78A1pmkUhDAYpZIeDtormTb6h+6xWs5lZ1H8b07L3paTJNbDfThLSE"
    "V8HgK3cxL3h1s9DSiLjL3D64vbr4+Q2BZcO+d3+/vb67eqM8hSy/lDaRwesGEnhdyf/Xee"
    "6rpbs95jpLZoDyueubhlx7PpvwL60klJB0eWqsKJ8fG4jnx3Lp/LimcH40Kn1XVPoOQkY6"
    "ZtFu3k2wkK2Hep7OsLkhm7nXasXPE/bPJXPWRP08q8i+dVZIvtVy5T8rqK6K45bTNvaRI+"
    "ufnLZS4kFx7ZE6fJUUIKXEZiGqXYhCduFJcEssyoZ4XdKhMurehD12nHwo639qOuazVGaw"
    "1w72iFkt8bAFsv4t5vv2zBVlBKaTbFdBpkjZPzltxTkXOsHb5XnK0PTwQFBnJoRBiHdOPA"
    "Yhvp8sT0mwbjfw8I6tUI2zO2XW5i6VYfjA5mMV6C2GxfWdQW1QXLVpHBH3oK1QMO34OD2e"
    "aJdEPIHUFUCb6C5JIMRPZDQKp9yhajAaEUmXUuVFUkhnXlpDdUtPKT0+vwiHbbTI5E/Om0"
    "B1L7aXQU2g2gQiumBIdlcnMxozUctkK9GkCIyu/M3ryl1U6dqqypGm0Bk9uZMGSGred0lL"
    "vnEZbuWVENLM/VqNWbigQkLTllhSlUhKn34U/oNUp/dCLKc68YidfdcINLpGT+ZIoFF3D7"
    "yF7wm5MnIwRd7ljf3g71e31+/+Obz6cHH9/g15ZD6fLIcq5dK9e3uFVH+7+PTp95tbhTCU"
    "LBh6MHpgStn5Obfps4XNTgcagOFzABga27ELtmNHQGzdVIQ3w+IV8GsGutaCuZ2zrr9Vr0"
    "eNcd05C7CLZnVXDUCfT3m56afvDGqNPtWmobH3e1Qegs894YN8CaLoMJkMnvJL6oQMCGy1"
    "ngBW4kE/5j5yX7hzzDRTsPrW71KnzFHxEZBOUq0CM8mkUusMwtw58PQF0um2qvZF/BDyIt"
    "v398oavXfxTOLTTDiYtEZTkzGzgNmH5NoNC1u4DExTzc1B+jGZChqovcZ5f3TGHrh876a6"
    "DZ4YpguCJ4JmjzX6JKbn0R1TB5P+qM8YU8nCDECWmHuY2hl4h4W7fyKSsTDZEIOXQu7okT"
    "AaYVce0ESfr/sCq4frFM8YXsL0Pz6Lanx7iwD7ciP2qfw/Q3x1aB2mL7p3dRESYKMdU6uY"
    "lvpG1U9AsWoHdMBlOHXg+W+idlg3hMowEZBNsAv9QFhxlvAFUoRJiWYpEfDUoKFTmLiH5K"
    "MgDofhgwerkLXIdhzp6/oIotHVfB9LU/TOVumuC0CzXXG6jW2ZJeuy9b8q/rpOYjH8+mW5"
    "dXm8rtyOC1GX1CrcfE7liEyi0a0FxdK7V6uJlCfsnYy65qaZCH9eZrzWyCgh6eFC17VUaK"
    "ESV+6TrjgnkZD0UEBtJlDDo9BoFZTZr9XF3lMkvWDxZtKdYamkZsnOpFj4FivdvKuZniHq"
    "A9p+11wXXlipoSXj83SG9yvwPjTAi3yvK8qWplqxLNvz4fu2qrKhq6Md2yMKw/IVWR77iJ"
    "obZxmSPqwwXbXNIm9diWiqTt6mSXpz4nZjiUYTl2YbLT1L1b8Bv5XDg4nzt2RBF8JhtCJt"
    "cZYwv64D5bYGcXxlxwv7zc37zMJ+eZ1XUn77cHl1++JYsR8acR2MKg5vAz/v2mpuUM67Qj"
    "nvJyIbsb4kJJuSSnVMNvyy5mfXopNko5HPHrnUoTxdpnW8VIFULLeqMq8uCV3YWBCGWDPq"
    "ThFVS6gLIwhEgufSeCkyd8NPwJDtnYq8LkDog1S9Wcn/g4FFaKaUdYyVUschAdi2UhMPwp"
    "gnLlVAighgfAUVyA2fp2K21AmYr8Kr83T9ER0fVAVTBPn3QgRUJ6TVr4IfqN5+6C7wFF4c"
    "ItUXMXyrg65Y5kRIhu+HT1Yxa1B/4ePhCgY14V14ZW3bXNjxs44/YWMcLkmdW4NXfvZr/a"
    "AmWGnyyG5X24wnU8luWl28Nk31zXO6ECLBG+sXry0RVvrjCvKq9m3myPpgh+3atQm2lbcY"
    "O9xqb5MldMYka2GSSRYE8BatCvekaUztns3W7tEpF6py2lW61fJkpnh2oXh2DK1szdwyUu"
    "O7zDM4AsW2Zm+R0DA3z9yJI55aMzZLtEemHnWHkWjVl0XwqnOFRhTPmn+7zwnKy7FGdZxO"
    "U/VmCdgx59Muo3bcz1OuJIGO2S/7lEHrU8VZsj6Yj93Gq5pjxZ04lumtkjI9S2WksK4Uun"
    "CqqFOLVWfDsnF8pjMHZPfhkfxqSDY9PDMB2durT3e312/v6iKyZV6DEg/ZZUj87tdb5tAK"
    "v2/I7rdxRz1ieqn9vyajrsJu+sum+Ezv2pyKe+ors9CDsSaX3kEXfWUPhxEQ0A2sTtdxR3"
    "1lVbYw8eqcSpdB7iWfklzVazApTordRxal8lSszqIkIUYfWSQZ9a3ZcIxG0JqM+qS6usSe"
    "+sStbYL+0iwrAf7lOFoN/itIsWFaFk3HJHGEeCCYhERMiBRzTJjxH1iBFZQuAvJ9J+N0Kl"
    "Ij4yagKosnwqg1IwJxagiq43ZFwpYtPUynckkncYm7GEB/0sH0KRosiClXNPZuwn0FvtNP"
    "eAPtFO8w14q6nzx74os5AvcwQUkg1E2XfQl0+0GqM8QzAquxCYL8xmwChh5iA1XRuPT7TZ"
    "VjCkgiYONoNMPcIzFwUCEX4deMPkKfmOIUHoJZZuDbdfoTbqumcwYPswfqksqaghd/u31/"
    "mEJFSvX23CfaYsY8Mwg65Ew9ATgKo1NBIZeIUdxGYtQaT2pPc528Om3g83l1Wu5AhevreS"
    "ZenX4NRBgOyeY+pBSBcSFt2IWUtTnVzGwVk48pdheJ234gaMth5A7FkJ8RL9UuVbG+V6Mt"
    "Y6perBybBpqttIKUwNGUzlCUjVYhq2DLMZERTU400aHneqabY3Jd20zNMbl+H5P7xKTUH1"
    "1iLcsIk1RnKatGDY3kGzC8JAwNZv8AtprNHrnFitZtaSttlobDQx9904gdqaw1n018Boap"
    "9nS+SQpWuOxJmYaSTAWadtoi9EXoPYZuHhjzVILOz0nvA4LppQkN/oAGL5gnwEiWDORsy+"
    "+1zYs2qWqDZ+64Gxqi1GJYX44Lu/Gxsyjtb6outDl31o/Fc1BjMiZjrcRLWANWy9L1Bu2+"
    "a5imqIweVZ/+yBDt/fgHnqHt0fEP7rVzdHkrL26dhgqeNTkYeFZxLvCscCyw5bJ1VjgRqP"
    "Ktg+pQBr+vPiSbpeqflLZX1N2gMveMB1Se2RXKkeTpjCTWlYQpu7N1FqdsjhYszlKZ4juN"
    "WAzLtCzT9Wt0nCJp/3bSrqWKNrWSumM+1/geTa2k51sr6RMLFt577lZAdKKbg3q3IzQbYq"
    "3ahp5HzHSlStuOsbYOtxDCQtjcC5aEh8OETFmgnYkagELtOXc5dhwI/43Co2A5IxqQuZAl"
    "Gbo2/wj0eV4jXgedmujCtJnPH5mtQDSIa1HVOBEKk2TXwkxdIHfMX68AQG7y8IBhFi94S4"
    "nQFnjYVqr2VjmuStfIFR1W+4WmbCQKXO0ZjKTafA9KU/Qi8tilXaijVXM7JSFzwNUY8M/Z"
    "gH++5qUpnLth5haMjv0oycoyKdGPI4ulWjVGrb9p1lqXUEulySnJN5u91ySSnU7aCMoI3P"
    "+M+engFUBpxYtVDVALrrqfXZSjq8rb6ogpd1M3TNS8JwpXtW7M5pSXlH+pjkTFBD3Uuk7O"
    "m6hd0KomClVQnRTD2idszZD17vzB6clRIzflUZWf8mgD+VpV98Xkum1mg0lebJIX9zZ5MX"
    "2EXcMfLvxWG0SWqn8BlvOjJksXtKqcF+pevjSVlE8CdNzWrpACZQ8nyPHJ6wYsh1YVlZ7h"
    "xpqlnrHrQn7pRA/PoQ2/kl86odthfulor3+26aXTdk1LfkdkJp13C37PF2AR6uIjw2iRac"
    "n7qi72LYdy671j/NcGwCPzOTyorUuqlNg4p2o9fwUXSCukWprQMLqW0c8ppW+/UPomjNOF"
    "8W/ylD6DWMS+U6N1cwMwmdE2mBltxj2THa0uO5rLhriWbWRM3bgM19ZejyvMVGsP04U2V+"
    "fXRo+Qd49V6WPWqzMpdaK7L0zaZgz+AuxRa3ZQEoUP7wzq4vA0afO1QHw1G7oGzgy3+e6G"
    "7baMzURYbakpWB1gSJH00Ne9lbAbTqoWHA6b95C7x42CN8c1wZvjYvAGnhiUnuf95dPNxw"
    "qTOiHJW3LcCsj/qYLOz5DbNcxFZmRco4Vj7vnz7MgcIYOpr3pRHVzuG1D25/8DsvCtJA=="
)
