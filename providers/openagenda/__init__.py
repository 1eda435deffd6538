"""OpenAgenda, agendas of French towns and theatres.

agenda     one agenda, through the API, with a key
mirror     all public agendas, through their copy in the open data of Opendatasoft, without
records    an event of the API -> a listing for each of its times
rows       a row of the mirror -> an event as the API would give it
adapter    the feed: asks one or several of these, and makes one list of theirs
"""

from providers.openagenda.adapter import OpenAgenda

__all__ = ["OpenAgenda"]
