#!/usr/bin/env python3
"""
The import of postcodes at full size: a synthetic file of each published format, with invented postcodes and codes, is
imported by the program; time, peak memory and the directory's size are printed and held against what is promised.
Then the import is killed at many moments, and the directory must be the old one or the new one.

    postcodes.py [POSTBAG] [--rows N] [--kills N] [--format NAME]

tests/program/test_import.py uses the writers of this file with few rows.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile

SECONDS_MAX, MEMORY_MAX_MB, FILE_MAX_MB = 20, 60, 60
CONSTITUENCIES = 650

ONSPD_OLD = """pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,nhser,
ctry,rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,npark,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,msoa11,
wz11,sicbl,bua22,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,icb,oa21,lsoa21,msoa21,ruc21ind"""
ONSPD_NEW = """pcd7,pcd8,pcds,dointr,doterm,cty25cd,ced25cd,lad25cd,wd25cd,parncp25cd,usrtypind,east1m,north1m,gridind,
hlth19cd,nhser24cd,ctry25cd,rgn25cd,ssr95cd,pcon24cd,eer20cd,educ23cd,ttwa15cd,pco19cd,itl25cd,wdstl05cd,oa01cd,
wdcas03cd,npark16cd,lsoa01cd,msoa01cd,ruc01ind,oac01ind,oa11cd,lsoa11cd,msoa11cd,wz11cd,bua24cd,ruc11ind,oac11ind,lat,
long,lep21cd1,lep21cd2,pfa23cd,imd20ind,cal24cd,oa21cd,lsoa21cd,msoa21cd,ruc21ind,icb23cd,sicbl24cd"""
NSPL_OLD = """pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa21,cty,ced,laua,ward,nhser,ctry,rgn,pcon,
ttwa,itl,npark,lsoa21,msoa21,wz11,sicbl,bua22,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,icb"""
NSPL_NEW = """pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty26cd,ced25cd,lad26cd,wd26cd,
nhser24cd,ctry26cd,rgn26cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,wz11cd,sicbl26cd,bua24cd,ruc21ind,
oac21ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd25ind,icb26cd"""


def columns(header):
    return header.replace("\n", "").split(",")


def code(i):
    """The code of the I-th constituency, as those of 2024 are given out: England, Wales, Scotland, Northern Ireland."""
    for letter, first, count in (("E14", 1063, 543), ("W07", 81, 32), ("S14", 60, 57), ("N05", 1, 18)):
        if i < count:
            return f"{letter}{first + i:06d}"
        i -= count
    raise ValueError(i)


def name(i):
    return f"Invented Constituency {i}"


def short_code(i):
    return "UKPARL.2025." + "".join(chr(65 + i // 26**p % 26) for p in (2, 1, 0))


def postcodes(rows):
    """ROWS postcodes as (outward, inward, number of the constituency, terminated), in order, 250 to a sector."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    units = [a + b for a in letters for b in letters][:250]
    areas = [a + b for a in "ABCDEFGHKLMNPRSTUWY" for b in "ABDEHLNPRSTWY"]
    sectors = max(1, (rows + 249) // 250)
    made = 0
    for area in areas:
        for district in range(1, 10):
            for sector in range(10):
                here = made // 250 * CONSTITUENCIES // sectors
                for i, unit in enumerate(units):
                    if made == rows:
                        return
                    yield f"{area}{district}", f"{sector}{unit}", here, i % 3 == 0
                    made += 1


def write_official(path, rows, header, upper=False):
    """ONSPD or NSPL: every cell in quotation marks but latitude and longitude."""
    names = columns(header)
    at = {n: i for i, n in enumerate(names)}
    pcon = next(i for i, n in enumerate(names) if n.startswith("pcon"))
    place = {}
    with open(path, "w", newline="") as out:
        out.write((header.upper() if upper else header).replace("\n", "") + "\r\n")
        for number, (outward, inward, here, terminated) in enumerate(postcodes(rows)):
            if here not in place:
                cells = [f'"E0{i:02d}{here:05d}"' for i in range(len(names))]
                cells[at["lat"]], cells[at["long"]] = f"51.{here:06d}", f"-0.{here:06d}"
                cells[pcon] = f'"{code(here)}"'
                place = {here: ",".join(cells[5:])}
            date = "200812" if terminated else ""
            out.write(f'"{outward:<4}{inward}","{outward:<5}{inward}","{outward} {inward}","198001","{date}",'
                      f"{place[here]}\r\n")


def write_names(path):
    with open(path, "w", newline="", encoding="utf-8-sig") as out:
        out.write("PCON24CD,PCON24NM,PCON24NMW\r\n")
        for i in range(CONSTITUENCIES):
            out.write(f"{code(i)},{name(i)},\r\n")


def write_society(path, rows):
    with open(path.parent / "parl_constituencies_2025.csv", "w") as out:
        out.write("full_code,short_code,name,name_cy,gss_code,three_code,nation,region,con_type,electorate,area,density,"
                  "center_lat,center_lon\n")
        for i in range(CONSTITUENCIES):
            out.write(f"X{i},{short_code(i)},{name(i)},,{code(i)},ABC,England,London,BC,70000,1,1,51,0\n")
    with open(path, "w") as out:
        out.write("postcode,short_code\n")
        for outward, inward, here, _ in postcodes(rows):
            out.write(f"{outward} {inward},{short_code(here)}\n")


def write_split(path, rows):
    with open(path, "w") as out:
        out.write("postcode,pcon_1,pcon_2,pcon_3\n")
        for number, (outward, inward, here, _) in enumerate(postcodes(rows)):
            second = name((here + 1) % CONSTITUENCIES) if number % 100 == 0 else ""
            out.write(f"{outward}{inward},{name(here)},{second},\n")


def write_plain(path, rows):
    with open(path, "w") as out:
        out.write("postcode,constituency\n")
        for outward, inward, here, _ in postcodes(rows):
            out.write(f"{outward} {inward},{name(here)}\n")


def write_zip(path, rows):
    """ONSPD as it is published: the file in Data/, its parts beside it, the names in Documents/."""
    folder = path.parent / "unpacked"
    folder.mkdir()
    write_official(folder / "data.csv", rows, ONSPD_NEW)
    write_official(folder / "part.csv", min(rows, 10), ONSPD_NEW)
    write_names(folder / "names.csv")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(folder / "part.csv", "Data/multi_csv/ONSPD_AUG_2026_UK_AB.csv")
        archive.write(folder / "data.csv", "Data/ONSPD_AUG_2026_UK.csv")
        archive.write(folder / "names.csv", "Documents/Westminster Parliamentary Constituency names and codes UK.csv")
    shutil.rmtree(folder)


FORMATS = {
    "onspd-2026": lambda path, rows: write_official(path, rows, ONSPD_NEW),
    "onspd-2024": lambda path, rows: write_official(path, rows, ONSPD_OLD),
    "onspd-arcgis": lambda path, rows: write_official(path, rows, ONSPD_NEW, upper=True),
    "nspl-2026": lambda path, rows: write_official(path, rows, NSPL_NEW),
    "nspl-2024": lambda path, rows: write_official(path, rows, NSPL_OLD),
    "onspd-zip": write_zip,
    "mysociety": write_society,
    "split": write_split,
    "plain": write_plain,
}
HAS_TERMINATED = {"onspd-2026", "onspd-2024", "onspd-arcgis", "nspl-2026", "nspl-2024", "onspd-zip"}


def file_name(form):
    return {"onspd-zip": "ONSPD_AUG_2026.zip", "mysociety": "postcodes_with_con.csv"}.get(form, form + ".csv")


def start(postbag, folder, file, **how):
    directory = folder / "directory.db"
    return subprocess.Popen([postbag, "-o", f"directory.path={directory}", "--json", "import", "postcodes", str(file)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, **how)


def run(postbag, folder, file):
    """The summary, the seconds of processor time, and the peak memory in MB."""
    process = start(postbag, folder, file)
    out, err = process.stdout.read(), process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"the import of {file} failed: {out.decode()}{err.decode()}")
    return json.loads(out.splitlines()[-1]), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def found(postbag, folder, postcode):
    """What `find` says of a postcode: its constituency, or None where the directory does not have it."""
    done = subprocess.run([postbag, "-o", f"directory.path={folder / 'directory.db'}", "--json", "find", postcode],
                          capture_output=True, cwd=folder)
    if done.returncode not in (0, 65):
        sys.exit(f"the directory does not open: {done.stderr.decode()}")
    candidates = json.loads(done.stdout).get("candidates") or [None]
    return candidates[0]


def held(folder):
    """How many postcodes the directory really holds, after SQLite has found it sound."""
    database = sqlite3.connect(f"file:{folder / 'directory.db'}?mode=ro", uri=True)
    try:
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
        if sound != "ok":
            sys.exit(f"the directory is damaged: {sound}")
        return database.execute("SELECT count(*) FROM postcode").fetchone()[0]
    finally:
        database.close()


def kill_at_moments(postbag, folder, file, rows, seconds, kills, seed=1):
    """
    Imports FILE, of ROWS rows, again and again over an old directory, and kills it at KILLS moments of its SECONDS, and a few behind.
    The directory is the old one or the new one, always whole. Returns how often each was found.
    """
    (folder / "old.csv").write_text("postcode,constituency\nAA1 0AA,Old 1\nZE9 9ZZ,Old 2\n")
    counts = {"old": 0, "new": 0}
    chance = random.Random(seed)
    run(postbag, folder, folder / "old.csv")
    old = (folder / "directory.db").read_bytes()
    for i in range(kills):
        (folder / "directory.db").write_bytes(old)
        process = start(postbag, folder, file)
        time.sleep(seconds * (i + chance.random()) / kills * 1.1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        first, last = found(postbag, folder, "AA1 0AA"), found(postbag, folder, "ZE9 9ZZ")
        if (first, last, held(folder)) == ("Old 1", "Old 2", 2):
            counts["old"] += 1
        elif (first, last) == (code(0), None) and held(folder) == rows:
            counts["new"] += 1
        else:
            sys.exit(f"killed at moment {i} of {kills}, the directory is neither old nor new: {first}, {last}")
    run(postbag, folder, file)
    left = {p.name for p in folder.iterdir()} - {"directory.db", "old.csv", file.name, "parl_constituencies_2025.csv"}
    if left:
        sys.exit(f"after a whole import, killed ones have left {left}")
    return counts


def soak(postbag, form, rows):
    """One format at full size. Returns what was beyond its limit."""
    shared = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as name_of_folder:
        folder = pathlib.Path(name_of_folder)
        file = folder / file_name(form)
        FORMATS[form](file, rows)
        size_mb = file.stat().st_size / 1e6
        summary, seconds, memory_mb = run(postbag, folder, file)
        file_mb = (folder / "directory.db").stat().st_size / 1e6
        print(f"{form:14} {size_mb:7.0f} MB  {summary['postcodes']:,} postcodes  {seconds:5.1f} s  "
              f"{memory_mb:5.1f} MB memory  {file_mb:5.1f} MB directory", flush=True)
        wrong = [] if held(folder) == summary["postcodes"] == rows else [f"{form}: not all of {rows} postcodes are held"]
        if rows >= 2_000_000:
            for what, value, most in (("seconds", seconds, SECONDS_MAX), ("MB of memory", memory_mb, MEMORY_MAX_MB),
                                      ("MB of directory", file_mb, FILE_MAX_MB)):
                if value > most:
                    wrong.append(f"{form}: {value:.1f} {what}, {most} are promised")
        return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("postbag", nargs="?", default="build/postbag", type=os.path.abspath)
    parser.add_argument("--rows", type=int, default=2_700_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--format", choices=FORMATS, action="append")
    given = parser.parse_args()
    wrong = [w for form in given.format or FORMATS for w in soak(given.postbag, form, given.rows)]
    if given.kills > 0:
        with tempfile.TemporaryDirectory() as name_of_folder:
            folder = pathlib.Path(name_of_folder)
            file = folder / "onspd.csv"
            rows = min(given.rows, 200_000)
            write_official(file, rows, ONSPD_NEW)
            began = time.monotonic()
            run(given.postbag, folder, file)
            counts = kill_at_moments(given.postbag, folder, file, rows, time.monotonic() - began, given.kills)
            print(f"killed {given.kills} times: {counts['old']} times the old directory, {counts['new']} the new")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
