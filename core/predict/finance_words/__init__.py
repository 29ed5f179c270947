"""Headlines with their finance words turned round: does a run read them?"""
