"""The program behind `verify_actor` of fediverse-pasture. Its own get_app() lacks an argument."""

from fediverse_pasture.verify_actor import build_app
from stage import PASTURE

app = build_app(False, PASTURE, True, 10.0)
