from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE TABLE IF NOT EXISTS `origins` (
    `owner_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    `owner_type` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `document_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `document_key` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
    `format` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `version` VARCHAR(64) NOT NULL,
    `pointer` LONGTEXT NOT NULL,
    `source_id` LONGTEXT,
    `operation_id` LONGTEXT,
    `original` LONGBLOB,
    `base` LONGBLOB,
    `parent_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    `position` INT NOT NULL,
    `given_name` VARCHAR(255),
    `is_deleted` BOOL NOT NULL,
    `project_id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    CONSTRAINT `fk_origins_projects_a1a0d9a4` FOREIGN KEY (`project_id`) REFERENCES `projects` (`id`) ON DELETE CASCADE,
    KEY `idx_origins_documen_dc6313` (`document_id`),
    KEY `idx_origins_documen_78861f` (`document_key`),
    KEY `idx_origins_project_67b1fa` (`project_id`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
ALTER TABLE `endpoints` MODIFY COLUMN `url` LONGTEXT NOT NULL, MODIFY COLUMN `url_key` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'endpoints' AND column_name = 'is_gone') = 0, 'ALTER TABLE `endpoints` ADD COLUMN `is_gone` BOOL', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'collections' AND column_name = 'variables') = 0, 'ALTER TABLE `collections` ADD COLUMN `variables` MEDIUMTEXT', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'collections' AND column_name = 'auth') = 0, 'ALTER TABLE `collections` ADD COLUMN `auth` MEDIUMTEXT', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'collections' AND column_name = 'headers') = 0, 'ALTER TABLE `collections` ADD COLUMN `headers` MEDIUMTEXT', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'collections' AND column_name = 'is_gone') = 0, 'ALTER TABLE `collections` ADD COLUMN `is_gone` BOOL', 'SELECT 1');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
UPDATE `collections` c JOIN (
    SELECT `id`, ROW_NUMBER() OVER (PARTITION BY `sibling_of` ORDER BY `position`, `id`) - 1 AS `place` FROM `collections`
) p ON p.`id` = c.`id` SET c.`position` = p.`place`;
UPDATE `endpoints` e JOIN (
    SELECT `id`, ROW_NUMBER() OVER (PARTITION BY `collection_id` ORDER BY `position`, `id`) - 1 AS `place` FROM `endpoints`
) p ON p.`id` = e.`id` LEFT JOIN (
    SELECT `sibling_of`, COUNT(*) AS `folders` FROM `collections` GROUP BY `sibling_of`
) f ON f.`sibling_of` = e.`collection_id` SET e.`position` = p.`place` + COALESCE(f.`folders`, 0);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
"eJztXetz27ay/1cw/tJ0RvXYsp2myZ0746TOqU/zOOO4p6dTdySKhCXUFMBDUFY0vf3f7y"
    "7A9yuknjSDL4lFYkFyF499/Hbx19FcONSVx5dBQOdecPSS/HXErTmFP/K3BuTI8rzkBl4I"
    "rImr2lq6kbpoTWTgWzZ2dm+5ksIlh0rbZ17ABMfWP4klEfcB5USKOQ1mjE/JdGH5DnXI0p"
    "Ik8Bn+xfAOYYGEP7kjlgMiZ5YPdyYrYrkuWQr/gfryGB/qCBueCh3tqP8FZ/9d0FEgptAf"
    "9eEpv/8Bl4GOfqYy+uk9jO4ZdZ0MHx/oCntQN0bBylMXL6XN2FvVFt9+MrKFu5jzVHtvFc"
    "wEjwng6/DqlHLqWwF1UtzlC9cNBRFd0q8LFwJ/QeP3dJILDr23Fi7KCKn1KyTXjkajDx9v"
    "R5+ubkejo4L8IooUy8NLtuAoe8YDqVgwtz6PXMqnwQx+Pj//Wz8n4YRuhQ/89+XNm58ub5"
    "49P/8WHzhfyf+6uesE/7h8c3t1Q+DFiIUcJG8+vnt3eXulf40mjCO1gOGnx+WHkH6oOv5b"
    "vYAVWPoVlNgSOdliwYOipK55UC6nuH1OUkxfbSup6EIiqmT2RHI52ZWgpvgG3w1Pz78/f3"
    "H2/PwFNFFvGV/5vkZ21x9uFWsTVtLPHvOpHFkl/Lxlc1rO0CxVjqsgNhoA6XH0x3Z4vM/p"
    "0GD4D8+yw/9HGNu31++vnp3h6MUl5v4hNXjxwsSyH5awto0Kd8RQVLUt3poP5/krFremik"
    "n4Ofjy0Y6wcFjwZgbfVbpfJHfrtwxsN7KxYcNt43ZGCeWOhLWdWMTzxZ/UDr6RRPWhLmKX"
    "0ATXdzkgS1ioKRmPw5ZyPCa2xbkISEBheYd1fF7cO3bxkDt+x8fjGbWcEV/MJ9SHRhZ3SH"
    "htZskZXoF+oDlxLan7X8FjoXuurob9q/0LeElh0L/CXi1uz4Sf7ze8GvYME0lSfPds9/DT"
    "CogPXXFkMfw1F4/UOSYffnn3Tn/YHVdtoB+CnzQDccKUczbdEsOPGTGnZL11yleHLE3vds"
    "ez5zXLg1obzp5n14bo4mb7IvZavy+mxm1RWq/ZtHKDzBGutU2GAmm1S+5SZnqj/GE4PDv7"
    "fnhy9vzFxfn331+8OIl3zOKtuq3z9fU/cPfMyKa4ncarRCs9MkO11nzpGvM7qE4mQsosxO"
    "0mSoHUTJV1p0pq42s1WXJ0ZrrsYrp0SX+9Qg2oUn/Vdxvor66YNlNef50J4jAH1CrQpwIB"
    "/zN7RpRvApRInwXormBa14OuuITeUClT+hcSsqCorG6jU1ROf2Uw3BcBuRc+ZVNOHuhKvg"
    "RVMtQT4ZbLHqnMKKKoaKrf1JeCH4PS6dNHJqF70DiZanvHE/05uqmfjYSgUfMpJXPLAXYt"
    "wzeYWp58lVJAUx4c1HwFd1fEFeKBOsTCdx+PY82Xhe/nWjaNPjqvvz87HZDhgNwthidD0J"
    "xCJVxryYqJfwowR4AtyM1AmQLAgDs+ocia8MXgPSVz4s6l6obxyCYg976YE02BfcC/S/xH"
    "mzpVqvPvOQU34tfRHzml+vcjECIsVboZ2MpwP09cfjXcX/6oVMvbqOP7VcOP/ud+wfXYnV"
    "pSWh6sNrAWgKF2HE5bPfePOV3C1/7v0Veus7dzvBzU4VIjWtsV9sMxF8udyXNjl0xG91Dz"
    "UvGvleqRIdvOjOqU6nFaN00iNp8+L1c9TjedLKfPy+XUZrFLU/RPNTz0MpZIJoCNnbeSTJ"
    "rCSGZ3kjmQx85Ip5F0YmWxIJs6t0Oayngc1vY4KN2l7Y5fzvY+7PZdcDRk54YUC9+m7RWz"
    "AmUPpXU2bCCts2G5tOD6hivZsFJabTaaHJHZaXa504SsVhcKEnozs/wvyCgi7J+UhhcXTe"
    "zJi4tvq/it7mUZ7tDAYtr1mGX1P6Xg5axOkeSYLCaokD09Ptew9fbqP2qLnstw5EfcfPb+"
    "8j/ZOfH+6sfrX95HBCn+v3n38XVhnMOHy3J9t3bLSJP1b4ifDl80seWHLyqMebixoTWPXW"
    "dFxbxWItLN+yea8yaLz/lFuWDg+mZyOS8sXOsEQk0EdAtggdY4ARPz3KEp0pGY5xvhutQO"
    "2VmIeabuDupinnbcriFk75LcC9ehPoLPKHc8gYJS8TK4cL/wMfpFUr0WQ5yte9BgO8kmLv"
    "QwEvepyKDlU46xQOYMiPBzAcIwKhkIbxDGBZFJCYSOkk8/XX43vHgOD0ZYHNUv5hBsNiBS"
    "JJFNDMtMLEnJA6WeVA0k0VOEWHPBpyR8PUmeYURRKuyfw2TAuB0QBl9gYdwWptC3x+St+n"
    "79zQkH4OsFj75JA9fVBYVKxrvjsSckC1Q8doCvxXwdG1VR06ijkWqPoEX8X4Yxz+ghDvOB"
    "Oe6KKJy8jnNK+CovQIx8KoirPt1yA3hPxZs5xoMfLZ/hyJH4AuOxtQhmGeAjNA5hj//89P"
    "EDCejnYABPAoGyQKPw6SP1Vzr6O6GuWKpXZ3I0hS8dj1/iO2FUmM094QPJIA5Ka1tD4Rah"
    "DRdkLnxaHXpNRouKk0ZyL4m9ZltGHM5EWzM3BipSmr+dDe6aWGwPTOTqWGx2yDSTaG6Y9d"
    "Dv1BmPRltHxkb+i24LZScOjGQ1baOUZqh6yOouqKZZN1PyUQU53cLOXOVqypD1wYTYjq/p"
    "3ccP/2jmaYq1pHIXXzXvM4SG8+t4+VAlbcv2iMZwfB2Oh3p/W6anyAzf1+F7aDSVuOOEcK"
    "lVEUlIUeXYPgGyXvH99ceP7zJ8f32dZ+sv719f3Tw7VUKARmCkHpV64NLGX8Nc4jSJSScu"
    "pBNnnBUt2FokNMzNM/dA2KEu8nTPnnrbp8ifllnyWar9gLaLkugPanvhOWtIIUtlpLCpFL"
    "Qfux28NE2yI63w680HPzj0t9v+m8OKpxBULEirKKq3OrfvZ7pSIruGj7O4Xabbh178fyU9"
    "PTFR/R0Nx+hqMpN9axkHW3KjFDigC2soaV1+enP549VRySK1BdZm461PapVqzNv06lzO2u"
    "pIeEpHmjHXgZ5KtNOQ8u3PN9S1Koyn3fC7E4O51EIqcay04dNV2E2P5nyGTfeuWG7IorfQ"
    "RY8G0S4xJ/FoKkGcpEdaNd4kM6yboE2k9UgdEqIwy8Ak2QaIFcGCTwp/oLUXSWbCddKIhA"
    "jZAXaXI4kHerbKD5/5YjGdHUc4kQe6isENC9+NfmMJJZVYbhFJLd+eqex16EFlzG8dylDA"
    "K9iZla8MlpBtgcn2wqlqm1IuSi4ltAby0H8ddFADeTAx9T3E1EvriiqwWMWcSVN99ZwuBN"
    "XxRm5eLIL7F/PJeTwzwt91c6NEWMmy2Bj9kFqFeyinkyZiOqmQ0smGixd2nHMA+m6J568y"
    "FBk274Vg9o11CBWjqmWrlum9Wrm2w3hsuvaSVSIeAwI61MQwIeMtRzUPhDNZL4rz198HiN"
    "HsCGjiWb41b833hMqsHutwfSKckl21nucRjeH4uhxvX1IiQ9UHxmdV+4smqv1FhWp/salq"
    "f1FQ7Q2+c9/Tgn625t4aYOY0neH8WhvvwgeVsGQ5qtl1ExLD8/ZKe1TsYT2Vp0htZLBepQ"
    "7pwTvQkbRndG61F0OB3MhhfWT/CF9tPasrJjX8Nwj/biP8DWbaYKa/ZrSuwUx3QQoJcqMV"
    "NrdA1ouISregEQY93WHxGPT0QdDTWaDZPhHUT5XDhZW6LY56t+jOR+YLPqdVAM/k9qAe4x"
    "k3bAzzxGc5RFJV6Cqug1CG96xoicDPy/j3NxJagI4YwBV3QeMaV5Tb/srDWlSMZ+tZhVXG"
    "0hXCwiJjSZEwkqsRhoDPcCjpsmQINJW5KmTM0bW25B0P25IUgxQoVJ1BFJ5vJBD4KSuqj1"
    "kuwp1VVbCoL2gyFyEytu4QIrxfVwbLADv7uz0OiAF2NhDS6UmTYBe0qgR2qnumWFLPiiVV"
    "T4Ye4qTy4d9m8d/qKXFRnBJfqI9Uzuq62kiNi6Bv6l6YLJgb4JF/LpPBIVwKO/I0J0pM82"
    "09S7OVoW8O7+7OSUDGM208053wiRrPdBekYJyendskjNNzb07Pw/jjVGJ6iSMuSliv9sDF"
    "WfFfdr3daNAS5i/j8eDCd6ivD+/Wx2errvQB2Oh2Cg/R5vRzSTL2Bn1p7xs2GKGrQnvf4p"
    "TtyDkmZ5anTgLXx6KHGdbhsegviQyoJ9VBABx4EtbXd6a08ojuOi9YOreyLFtajvDQv0fa"
    "oK1xqPVs6R0Yh1oTIZlM6W5yen+Z0ib/8FBQ5ngrLXeyVfM+Q9iLqbJ/f5riIePeoqx8Uw"
    "P2J6R7zFn8/Y/+ODQz2lk78GxCtx58di3mR1qXwc8aL+WR8VI+Pf+Y8VJ2QQoHxc92q6pn"
    "t8xl40jusHiMI/krQ892a6XaDnYWRz/iKA/lrL926NwTAeX26qjEZ5++Pahz3bNcwwbY2T"
    "DvWDvaLcS1pp723c9RGdMBETCE0GmOaFjY0/kAYalwSy6pXwa13U7H2rWvq6cWIbXLmYB1"
    "6oE65F74Okyw4Hg6sHbxAxmeNKuqbMQH91pBBMbF6+oIWf0s/YQY5DsgkuGbWTx8FzK3Vs"
    "S2fH9FLBIIUHHCmq22mM8xiODoHhBdrEMOdxzYz6Wl1aPwqekjcjEAMbcc+gpeO2AudAfW"
    "pQSdTv2E7qSYU3xNshT+A2J3gTcN4xGV0YJS92cNnHCrjs8OoXS6ASOsjgXEw7aVtDJUPd"
    "R2uiG1jLMonv/t/UUZ0j26jOIrT9ZnlF4o21jNebpD2c2HcVm3t4pBdwwWJY7oSrdcQrCW"
    "U65jkZdtFyLUqkSZo5Nb/qqcowlNfoVYBRrS/LR4WrdAoDc+vUDAgH19/eHy5rfycFbU3h"
    "MymPqqo6PXv91eXRbqUHkMbrf0sGWp9rNSHMB4Wn+hKBj/BzKf+CMLrPDri9ZTcrfeeIrb"
    "NU08RJ3+HgyDQJA/BcKWosy9AV4C44Q+wl08qkFp+/S7uQVKvuU4MKjK0hM36w9NpWuwnF"
    "zGH9AOATuI4ekWCjKFlgdz4lMkxuNwpMKnjMeD0F6a+gix0idLQAc+NFlS55hcq59YGOaO"
    "p6w1y7aptpQcasNT4VlohYG954DtzRtlFVL8BIWtyGcVGrRTL/yDdRaOEn5RmNVwp5igh4"
    "bN8KKJZQOtavBOBeskmV4FLtcBnjJku+L1AQMajc4cOKs6dOCseOrAGoCns+LRA8ma3ELf"
    "zhLtLxB++kQ0bhPi7oIZaRTwnbNY6a8wZCerVvHRApmJX5v49dcjHhO/Pkj8Oll1tsDeXy"
    "R9emtUU84W1udORa7fo0FW4nR5Hxpq1e4WNDEaV3hSjo4wZIrR4UCQCSWS8mAQZXBFaV65"
    "kKsKCof+iolYlJ4CusXew3g1DKnxWJV5kiqaHdC558LIDE8EvYcepD4PlDBH55rpxhjHZv"
    "BYrlw9VliI6qVy6kh9figGjBMnDb6lKiW1oKAm6Qj0cgYvjAly/kolyA10kSjlupmyR7i5"
    "8F7F/iTowVG9zcUjlXdcMQLeAwcHuWe+TB16yoWKRoMsKXEElfpcUj0cdXTeF0v9IPyhGA"
    "uTM3JbbR68Ns6fp7S5DmqcPzhHWkW2I4I+qkDDRv6IKnfEprIaFsuG2MxjpYfbVzvnMkQ9"
    "FNJOHHRqJyhyubqUUUxw8DJGDrP7VMbICnCTLhNGpestTdKbDJStOd60RtLG3ZNQbMHVs4"
    "a23x93m2vJYER9X5RADapX8CxVHxJn91CQzviXv3L0wXvbu0U08FGZGRzdG9SawrY3UoDi"
    "xvawR314HywBrOiU2YhVUUI3zCv44a6U5RmhpcMixmXm72adtayMkhr4pqDJ1uyHzlp5pq"
    "DJbguaSFt4FQy+4ot5wYGahWpGxF3m9tHN1eWPLwksG84d//Xm+vbqpXLK0fxK1kQGLxpI"
    "4EUl/1/kua/Wy/YY/SyZSazIXd82RN/z6T373EpCCUmXp8aa8vmhgXh+KJfODxsK5wejPX"
    "dFey6Yi4+Wy9apQ1BKvBcDviuo9fYMD9mF6ai2WJT5Wesqn5RR98b/tOcKKD59hN247ZjP"
    "UpnBXjvYI2a1BCYVyPrnkDq03VaUEWysst0xFkXK/slpJ6abUmKE367YTIamh8jszkwIA9"
    "XrnHgMVO8wpWb0mrMF3jbE6XVshWpcYiazNnepFvx7Op8oz3wxPqHvDGqjE6pNm9CEFAov"
    "F6cvYgahJGIJUldIOaK7JIEQr8h4HE65Y9UAi55YK6lKuyjIGSs9yHFHTylNV1yEwzZaZE"
    "ymYi+3l0FNGMO4qbpgSHZXJzMaM1HLZCvRpAiMrvzV68pdVOnaqsqRptAZPbmTBkhq3ndJ"
    "S/7IKW7llViezP1ajVlwUCGhaUtQjyrcodNQwmp/Ng3BNyr1BDv7phGiZ4OeTG6GUXePvI"
    "XvCbk2riRF3uWN/ejfVzfXb38bXb2/vH73kjxSn92vRqr2xR2/uUKqf11++vTrxxuFP5E0"
    "GHkwemBKOfk5t+0kj2ZpGgZ+8hTgJ8Z27ILtaApQ7JzFC9n+DAtpguiNmds56/pr9XrUGN"
    "edswC7aFZ31QD02ZSVm376zqDW6FNtGhp7v0bV39ncEz7IlyCKDrP6MfEiOaxgQGCr9QSw"
    "EksrUv7IfMHnmPJfsPo271LXLlDxEZBOUnAfU/pTNQ4GYREDePoC6XRbVdo+fgh5lu37W2"
    "WN3nFMIlnOhIvVAzQ1mVAbmH1MrnlYnJ9TME01Nwfpx2QOAUDtNS7AoEsnqIL7qW6DJcW6"
    "DfBE0OzxoDCJdRJ0x5arTx/A0wEsScNSDLaYe1hKE3iHpwe/IpLSsOoDhZdC7uiRMB5jVx"
    "7QRJ+v+wKrh+mSmhhewjoMPo0OGvYWAfbFI/apQgwjfHVoHdaRuOPY0raAjU5MrWJa6htV"
    "P4GVnDygpw48/2XUDs8+sGRYkcEh2IV+IKw4K/gCKcLqELOUCFhq0FhTmLjH5IMgLoPhg7"
    "B7ZC2yHUf6pj6CaHQ138fSFL2zVbrrAtBsV5xuY1tmybps/a8psdM6iUVq3enzcuvydFO5"
    "nRaiLqlVuPmcyhGZim87C4qld69WEylP2DsZdc1Ncy/8eZnxWiOjhKSHC13XatKESly5T7"
    "oiTyIh6aGA2kygholyaBWU2a/VJ06nSHrB4u3UnWl+0roUC9+mpZt3NdMzRH1A2++b68IL"
    "S2a3ZHyezvB+Dd6HBniR73Vn4KSpzCk4a56Cg66OdmyPKAzL12R57CNqbpxlSPqwwnTVNo"
    "u8dSWiqcq8TZP0JuN2axXfEpdmGy09S9W/Ab+T5MHE+VuyoH/h0MkUoTlyssWRkwZ+3rXV"
    "3KCc94VyPkxENmJ9SUg2JZXqmGz4Zc1z16JMsvHYp49M6lCePhZvslKBVHWcOdZNXxFr4W"
    "Bl/vhEb0EsDiMIRIJ5aay81t52n4Ah21sVeV3wQIZBTFx75EBBerHP/KHjlhtQX4VL50lh"
    "d0uH+8R99Ibyjusa9LprfGH1NiO+wKy6OOSpL4anq+PzYQpJGh12rkLQoM3Ct8AVjFHCm7"
    "DKowEN0riPq/SgJsxo6gPuVk/E/9uf/5em+uo5XQhu4I3Nz/8rEVb64wryqvZK5sj6YEHt"
    "2ykJVpG3mLjMbm9NJXTGmGphTEkaBPAWrc4+SNOY4w+2e/yBLpZQVY2u0iGWJzPnjxbOH4"
    "1Bka2ZW0ZqvI55Bkdw1tbsLRIa5paUR2TlsIu6ApVpqt7wdM+FKdPWdjvu5ynXkkDHFMJD"
    "yqB1gmWWrA/6eLeheybDshMZat461aOzVEYKm0qhCwkWJkDVIECl2L6F8FS/UwXTgzMTmb"
    "q5+nR7c/3mti40VWaElTgcXofEb3++oa5V4UYLuf0m7ugJekGrmF5qTm3IqKuwm/6yKU5u"
    "3JhTcU99Zda9K5YbcuktdNFX9qgj3q0trE7XcUd9ZVX2qLz1OZU+mK+XfEqK9m7ApLg6cB"
    "9ZlErYX59FSWWAvrBol3ieT1RK/Z4FPE90a1CH55G6UUM8z0dOiQRdmjrfMU4c+shsWsTk"
    "lLbSpRBCkWqMjvanSQVi8em9T+VMF9KTL5PKepwuqVQJ9VMhnCjV3xfh6g7dPFDqqUoCvy"
    "e9DwjWwSFW8Ac0eEY9Yc+IpCAaR36rkTQIqVFtEBzEdPr+FL6eYiFsJhwDqDGAmhCDHY+q"
    "dk7jLF1vwnj7Pk1KVOpx1WHtDNHB49qIA+xRXJt5rVz3unn/XPbnTRBP5xWAp/MC3qnlsn"
    "VegDqpElCgJJQFbKvRf1mq/klpd+dMmehIF47YXKNCYp7OSGJTSZhKoDtnsTlUc28srjqw"
    "sUbH+RpObOxa9RpTvrU75rMp37pZTLaj5VsV00s8i5Ewqt2K+EFNcwQ5sWyFFy3J7sveM+"
    "444447UqdJtDFxY4Je5l01AQ5CqxrztgD+Uwxrn+KWIetfXdnhSSP956RKATrZQoab6r6Y"
    "jthmNph0T5Pu2dt0T+sRdg1/tPBbbRBZqv5ZbhcnTZYuaFU5L9S9fBkufW5Teyx/gbKHE+"
    "R0+KIBy6FVRVVruLFhWWvsupCRC4o4eywrWPeFjNyEbo8ZudFe/2QTcpFxzpyVhY2/xO+I"
    "zCRAt+C3VkDVoXOstau0lNh4TL8cgXHFlPF1QjBpQsPoL7mmn0zOaL/gJybU24XxbxLhDi"
    "WFgme/SW7QYdD33dwADPh+i+D7GfMMAL8OgF88Jn0DIH7udPZeMmzJYYNIF7Vcn19brWra"
    "PValMwXWZ1IqKaEvTNplBPYS7FF7dlQSgw3vDOqisFbS5kth2Go2bDvoWmWtlEZdS+yUcJ"
    "vvbthoK/WCquOf5tSmfYR9cFK14HDYvIfcPW0UPDitCR6cFoMH8MSgFKiOh8RWmNQJSd6S"
    "Y3ZA/k9VW36C3K5hLjIj4xot5G/kEzUG2eNTsIPX7Yy47W9mf/8/WXUxBg=="
)
