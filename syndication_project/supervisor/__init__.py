"""Runs every process of Syndication on one machine: `python -m syndication_project.supervisor`.

__main__   what is started, in which order, and what has to be right before
family     starts, watches, restarts and stops child processes; knows nothing of Syndication
lifeline   the first code of each child: it dies with the supervisor
terminal   what a person sees
ports      free ports
onlyone    one supervisor to a data folder
"""
