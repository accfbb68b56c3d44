"""Runs every process of Syndication on one machine: `python -m syndication_project.supervisor`.

- `__main__`: what is started, and in which order
- `children`: which processes there are, and what each is told
- `readiness`: what has to be right before
- `family`: starts, watches, restarts and stops children; knows nothing of Syndication
- `lifeline`: the first code of each child, which dies with the supervisor
- `gate`: holds a child back while it loads
- `terminal`, `ports`, `onlyone`: what a person sees; free ports; one supervisor to a folder
"""
